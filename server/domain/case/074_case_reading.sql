-- In the order in which a case's clocks are shown, so that nothing has to be sorted when it is read.
DROP INDEX clock_case;
CREATE INDEX clock_case ON clock (case_id, id);
