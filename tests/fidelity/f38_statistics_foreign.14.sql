-- F38, from 14 on: statistics over expressions.
CREATE STATISTICS f38.st_expr ON (lower(c)), a, (a + b) FROM f38.st; CREATE STATISTICS f38.st_one ON ((b % 3)) FROM f38.st; ALTER STATISTICS f38.st_one SET STATISTICS 0;
