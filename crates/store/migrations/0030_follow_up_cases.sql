-- Who read, on what she relied (`breaking_glass` or `declares_treatment`), and how it was judged: `confirmed` by the
-- registers, `in_order` or `not_in_order`.

alter table follow_ups add column professional text;
alter table follow_ups add column kind text;
alter table follow_ups add column outcome text;
create index follow_ups_open on follow_ups (leaf_index) where judged_at is null;
