-- Which centre this is, so that a data folder and a database that do not belong together are not taken for one.
CREATE TABLE centre (
    only_one INTEGER PRIMARY KEY CHECK (only_one = 1),
    mark TEXT NOT NULL
);
