-- The first new use in the period asked for.
WITH in_period AS (
    SELECT
        after_a_pause.pnr,
        after_a_pause.date,
        after_a_pause.used_before,
        row_number() OVER (PARTITION BY after_a_pause.pnr ORDER BY after_a_pause.date) AS number
    FROM after_a_pause
    CROSS JOIN parameters
    WHERE after_a_pause.date BETWEEN parameters.period_from AND parameters.period_to
)
SELECT pnr, date AS index_date, used_before FROM in_period WHERE number = 1 ORDER BY pnr
