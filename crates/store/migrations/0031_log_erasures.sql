-- Statements, signed by the log's key, that lines before a size were erased since they had been kept long enough. A
-- line that is erased keeps its hash; its leaf is empty, and its person, time and outcome are gone.

create table log_erasures (
    size bigint not null,
    erased_at text not null,
    signature text not null,
    primary key (size, erased_at)
);
