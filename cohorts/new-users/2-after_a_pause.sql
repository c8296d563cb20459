-- A purchase begins a new use when there was none for the wash-out before it, and when the register was there so long.
WITH with_previous AS (
    SELECT pnr, date, lag(date) OVER (PARTITION BY pnr ORDER BY date) AS previous FROM purchases
)
SELECT with_previous.pnr, with_previous.date, with_previous.previous IS NOT NULL AS used_before
FROM with_previous
CROSS JOIN parameters
WHERE (with_previous.previous IS NULL OR with_previous.date - parameters.washout > with_previous.previous)
    AND with_previous.date >= parameters.register_from + parameters.washout
