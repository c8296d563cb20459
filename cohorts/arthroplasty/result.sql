-- The first exchange or removal after it, on a later day.
SELECT
    primaries.pnr,
    primaries.joint,
    primaries.date AS primary_date,
    min(operations.date) AS revision_date,
    CAST(min(operations.date) - primaries.date AS INT) AS days_to_revision
FROM primaries
LEFT JOIN operations
    ON operations.pnr = primaries.pnr
    AND operations.joint = primaries.joint
    AND NOT operations.is_primary
    AND operations.date > primaries.date
GROUP BY primaries.pnr, primaries.joint, primaries.date
ORDER BY primaries.pnr, primaries.joint
