-- The span around each end of a pregnancy in which raised HbA1c and glucose-lowering drugs may be gestational diabetes:
-- from 40 weeks before to 12 weeks after it. Abortive outcomes (O00 to O06), deliveries (O80 to O84), pregnancy as an
-- incidental finding (Z33) and outcome of delivery (Z37).
SELECT
    pnr,
    date - 280 AS first_day,
    date + 84 AS last_day
FROM diagnoses
WHERE code ~ '^(DO0[0-6]|DO8[0-4]|DZ3[37])'
