-- What the log is read by when it is long: its tree in tiles of 256 hashes of 32 bytes (SQLite takes the type's name as
-- it is), and the lines of a person by place, time (microseconds since 1970) and outcome (0 or 1).
-- The program fills them for lines that were written before.

alter table log_leaves add column happened_at bigint;
alter table log_leaves add column permitted bigint;
drop index log_leaves_subject;
create index log_leaves_subject on log_leaves (subject, leaf_index);

create table log_tiles (
    level bigint not null,
    tile bigint not null,
    root text not null,
    hashes bytea not null,
    primary key (level, tile)
);
