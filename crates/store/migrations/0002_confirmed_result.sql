-- The kind of result the geneticist confirmed with her words. Nothing for conclusions written before: the report's own holds.

alter table conclusions add column result text;
