-- A case: one piece of work that runs through a process. The engine's state stands apart, so that lists read short rows.
CREATE TABLE cases (
    id BIGINT PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    process_hash TEXT NOT NULL REFERENCES process_version (hash),
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    state TEXT NOT NULL,
    urgency TEXT NOT NULL,
    severity TEXT,
    category TEXT,
    channel TEXT NOT NULL,
    organisation BIGINT,
    contact BIGINT,
    contact_name TEXT,
    contact_phone TEXT,
    contact_email TEXT,
    site BIGINT,
    asset BIGINT,
    owner BIGINT,
    opened_by BIGINT,
    opened_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    closed_at BIGINT,
    due_at BIGINT,
    paused_at BIGINT,
    paused_until BIGINT,
    paused_reason TEXT,
    parent_case BIGINT,
    parent_instance BIGINT,
    version BIGINT NOT NULL
);
CREATE INDEX cases_state ON cases (state, id);
CREATE INDEX cases_kind ON cases (kind, id);
CREATE INDEX cases_organisation ON cases (organisation, id);
CREATE INDEX cases_owner ON cases (owner, id);
CREATE INDEX cases_contact ON cases (contact, id);
CREATE INDEX cases_asset ON cases (asset, id);
CREATE INDEX cases_due ON cases (due_at);
CREATE INDEX cases_parent ON cases (parent_case);
CREATE INDEX cases_category ON cases (category, id);

CREATE TABLE case_number (
    prefix TEXT NOT NULL,
    day TEXT NOT NULL,
    last BIGINT NOT NULL,
    PRIMARY KEY (prefix, day)
);

CREATE TABLE case_engine (
    case_id BIGINT PRIMARY KEY REFERENCES cases (id),
    state TEXT NOT NULL
);

CREATE TABLE task (
    id BIGINT PRIMARY KEY,
    case_id BIGINT NOT NULL REFERENCES cases (id),
    instance BIGINT NOT NULL,
    element TEXT NOT NULL,
    name_zh TEXT NOT NULL,
    name_en TEXT NOT NULL,
    lane TEXT NOT NULL,
    role TEXT NOT NULL,
    state TEXT NOT NULL,
    assignee BIGINT,
    created_at BIGINT NOT NULL,
    claimed_at BIGINT,
    ended_at BIGINT,
    done_by BIGINT,
    outcome TEXT,
    due_at BIGINT,
    urged INTEGER NOT NULL,
    version BIGINT NOT NULL,
    UNIQUE (case_id, instance)
);
CREATE INDEX task_assignee ON task (assignee, state, due_at);
CREATE INDEX task_case ON task (case_id, id);
CREATE INDEX task_done ON task (done_by, case_id);

-- Who may claim an open task: the holders of a role, or named persons. Gone when the task is.
CREATE TABLE task_candidate (
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    task BIGINT NOT NULL REFERENCES task (id),
    PRIMARY KEY (kind, value, task)
);
CREATE INDEX task_candidate_task ON task_candidate (task);

-- A running deadline. Its length is frozen when it starts; calendar edits move only its due time.
CREATE TABLE clock (
    id BIGINT PRIMARY KEY,
    case_id BIGINT NOT NULL REFERENCES cases (id),
    instance BIGINT NOT NULL,
    attached BIGINT NOT NULL,
    element TEXT NOT NULL,
    name_zh TEXT NOT NULL,
    name_en TEXT NOT NULL,
    kind TEXT NOT NULL,
    length TEXT NOT NULL,
    calendar TEXT NOT NULL,
    since BIGINT NOT NULL,
    fired INTEGER NOT NULL,
    started_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    ended_at BIGINT,
    state TEXT NOT NULL
);
CREATE INDEX clock_case ON clock (case_id, state);
CREATE INDEX clock_calendar ON clock (calendar, state);

CREATE TABLE case_pause (
    id BIGINT PRIMARY KEY,
    case_id BIGINT NOT NULL REFERENCES cases (id),
    from_at BIGINT NOT NULL,
    to_at BIGINT,
    reason TEXT NOT NULL
);
CREATE INDEX case_pause_case ON case_pause (case_id);

-- What happened on a case, for people.
CREATE TABLE timeline (
    id BIGINT PRIMARY KEY,
    case_id BIGINT NOT NULL REFERENCES cases (id),
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    actor BIGINT,
    element TEXT,
    name_zh TEXT,
    name_en TEXT,
    text TEXT,
    data TEXT NOT NULL
);
CREATE INDEX timeline_case ON timeline (case_id, id);

-- Where the tokens have been: the path and the time per box on the flowchart.
CREATE TABLE case_visit (
    case_id BIGINT NOT NULL REFERENCES cases (id),
    instance BIGINT NOT NULL,
    element TEXT NOT NULL,
    entered_at BIGINT NOT NULL,
    left_at BIGINT,
    PRIMARY KEY (case_id, instance, element)
);
CREATE TABLE case_flow (
    case_id BIGINT NOT NULL REFERENCES cases (id),
    flow TEXT NOT NULL,
    times BIGINT NOT NULL,
    PRIMARY KEY (case_id, flow)
);

CREATE TABLE attachment (
    id BIGINT PRIMARY KEY,
    case_id BIGINT NOT NULL REFERENCES cases (id),
    entry BIGINT,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    size BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    by_person BIGINT,
    at BIGINT NOT NULL
);
CREATE INDEX attachment_case ON attachment (case_id);

CREATE TABLE case_link (
    id BIGINT PRIMARY KEY,
    from_case BIGINT NOT NULL REFERENCES cases (id),
    to_case BIGINT NOT NULL REFERENCES cases (id),
    kind TEXT NOT NULL,
    at BIGINT NOT NULL,
    UNIQUE (from_case, to_case, kind)
);
CREATE INDEX case_link_to ON case_link (to_case);

-- What an administrator has set other than the program's own default (lengths of clocks and the like).
CREATE TABLE setting (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    version BIGINT NOT NULL
);
