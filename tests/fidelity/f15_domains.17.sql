-- F15: from 17 on NOT NULL of a domain is a constraint that takes a comment.
COMMENT ON CONSTRAINT nn ON DOMAIN f15.d1 IS 'nn of d1';
CREATE DOMAIN f15.d8 AS int NOT NULL;
COMMENT ON CONSTRAINT d8_not_null ON DOMAIN f15.d8 IS 'of its own name';
