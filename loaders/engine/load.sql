-- Rows may come in any order, which takes less memory; the snapshot's id does not depend on it. Joins are made as they are
-- written, the small side last: the optimizer can't know how many rows a pulled file has, and would hold the fleet in memory.
SET preserve_insertion_order = false;
SET disabled_optimizers = 'join_order,build_side_probe_side';
-- Nothing is compressed: to find out how takes longer than a small fleet's marts, and half of the time in which a large one is read. The file
-- is a quarter larger.
SET force_compression = 'uncompressed';
