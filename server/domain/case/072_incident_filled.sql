-- Cases that stood before there was a list of incidents are in none; and until now an act on a case wrote over since when
-- it stands, and a move to another version left the old element's name. So the list is filled anew from what the engine
-- keeps: since when is the first time that a token's element was told to stand since the token came there.
DROP INDEX IF EXISTS incident_at;
DELETE FROM incident;
INSERT INTO incident (case_id, instance, element, code, at)
SELECT s.case_id, s.instance, s.element, s.code, COALESCE(
    (SELECT min(l.at) FROM timeline l
     WHERE l.case_id = s.case_id AND l.kind = 'incident' AND l.element = s.element AND l.at >= COALESCE(
         (SELECT max(v.entered_at) FROM case_visit v
          WHERE v.case_id = s.case_id AND v.instance = s.instance AND v.element = s.element), 0)),
    s.updated_at)
FROM (
--@sqlite
    SELECT c.id AS case_id, c.updated_at, json_extract(t.value, '$.i') AS instance,
           json_extract(t.value, '$.e') AS element, json_extract(t.value, '$.w') AS wait,
           COALESCE(json_extract(t.value, '$.c'), '') AS code
    FROM cases c JOIN case_engine e ON e.case_id = c.id, json_each(e.state, '$.tokens') t
--@postgresql
    SELECT c.id AS case_id, c.updated_at, CAST(t.value ->> 'i' AS BIGINT) AS instance,
           t.value ->> 'e' AS element, t.value ->> 'w' AS wait, COALESCE(t.value ->> 'c', '') AS code
    FROM cases c JOIN case_engine e ON e.case_id = c.id
    CROSS JOIN LATERAL json_array_elements(CAST(e.state AS json) -> 'tokens') AS t (value)
--@both
    WHERE c.state IN ('open', 'waiting')
) s
WHERE s.wait IN ('arriving', 'failed', 'leaving');
