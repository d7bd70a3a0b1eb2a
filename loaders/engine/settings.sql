-- For the load: rows may come in any order, which takes less memory.
SET preserve_insertion_order = false;
