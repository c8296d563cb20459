-- Since when a system may write resources of its own; a system that was registered before this was let in to ask alone.
alter table systems add column writes_since text;
