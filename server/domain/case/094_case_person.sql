-- Who has, or had, to do with a case: its owner, who opened it, and whoever was given or did one of its tasks. Whether
-- that still lets somebody see it is decided by the case and its tasks; this is where such cases are looked for.
CREATE TABLE case_person (
    case_id BIGINT NOT NULL REFERENCES cases (id),
    person BIGINT NOT NULL,
    kind TEXT NOT NULL,
    PRIMARY KEY (person, kind, case_id)
);
CREATE INDEX case_person_case ON case_person (case_id);
INSERT INTO case_person (person, kind, case_id)
SELECT owner, kind, id FROM cases WHERE owner IS NOT NULL
UNION SELECT opened_by, kind, id FROM cases WHERE opened_by IS NOT NULL
UNION SELECT t.assignee, c.kind, c.id FROM task t JOIN cases c ON c.id = t.case_id WHERE t.assignee IS NOT NULL
UNION SELECT t.done_by, c.kind, c.id FROM task t JOIN cases c ON c.id = t.case_id WHERE t.done_by IS NOT NULL;

-- The text in a file, as far as it could be read; it is shown where it is found.
CREATE TABLE attachment_text (
    attachment BIGINT PRIMARY KEY REFERENCES attachment (id),
    text TEXT NOT NULL
);

-- What is still going on is little among all there ever was.
CREATE INDEX cases_running ON cases (id) WHERE state IN ('open', 'waiting');
CREATE INDEX cases_urgency ON cases (urgency, id);
CREATE INDEX cases_channel ON cases (channel, id);
