-- A large fleet is read and grouped by both.
SET threads = 2;
