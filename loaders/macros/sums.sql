-- What does not come to what it must, of a relation with columns what, expected and actual.
CREATE MACRO unequal(relation) AS TABLE
SELECT what, expected, actual FROM query_table(relation) WHERE actual IS DISTINCT FROM expected;
