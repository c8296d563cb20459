//! Where people live: municipalities, their region, and how many live there.

/// A municipality.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Municipality {
    /// Its code in the register of Statistics Denmark (`KOM`).
    pub code: u16,
    /// Its region's code (`REG`): 81 North, 82 Central, 83 South, 84 Capital, 85 Zealand.
    pub region: u8,
    /// Thousands of people, rounded.
    pub people: f64,
}

const fn place(code: u16, region: u8, people: f64) -> Municipality {
    Municipality { code, region, people }
}

/// All municipalities. Codes are those of DK Core (CC0-1.0); people are whole thousands (the smallest: hundreds), of the
/// order of Statistics Denmark's table FOLK1A in 2024.
#[rustfmt::skip]
pub const MUNICIPALITIES: [Municipality; 99] = [
    place(101, 84, 660.0), place(147, 84, 105.0), place(151, 84, 51.0), place(153, 84, 39.0), place(155, 84, 15.0),
    place(157, 84, 75.0), place(159, 84, 69.0), place(161, 84, 24.0), place(163, 84, 29.0), place(165, 84, 28.0),
    place(167, 84, 53.0), place(169, 84, 57.0), place(173, 84, 58.0), place(175, 84, 43.0), place(183, 84, 24.0),
    place(185, 84, 43.0), place(187, 84, 17.0), place(190, 84, 42.0), place(201, 84, 26.0), place(210, 84, 42.0),
    place(217, 84, 64.0), place(219, 84, 54.0), place(223, 84, 25.0), place(230, 84, 58.0), place(240, 84, 45.0),
    place(250, 84, 46.0), place(253, 85, 52.0), place(259, 85, 63.0), place(260, 84, 32.0), place(265, 85, 91.0),
    place(269, 85, 25.0), place(270, 84, 42.0), place(306, 85, 33.0), place(316, 85, 74.0), place(320, 85, 37.0),
    place(326, 85, 49.0), place(329, 85, 36.0), place(330, 85, 80.0), place(336, 85, 24.0), place(340, 85, 30.0),
    place(350, 85, 29.0), place(360, 85, 40.0), place(370, 85, 84.0), place(376, 85, 60.0), place(390, 85, 46.0),
    place(400, 84, 39.0), place(410, 83, 40.0), place(411, 84, 0.1), place(420, 83, 41.0), place(430, 83, 52.0),
    place(440, 83, 24.0), place(450, 83, 32.0), place(461, 83, 209.0), place(479, 83, 60.0), place(480, 83, 30.0),
    place(482, 83, 12.0), place(492, 83, 6.0), place(510, 83, 55.0), place(530, 83, 27.0), place(540, 83, 74.0),
    place(550, 83, 37.0), place(561, 83, 116.0), place(563, 83, 3.4), place(573, 83, 49.0), place(575, 83, 43.0),
    place(580, 83, 59.0), place(607, 83, 53.0), place(615, 82, 97.0), place(621, 83, 95.0), place(630, 83, 121.0),
    place(657, 82, 89.0), place(661, 82, 59.0), place(665, 82, 19.0), place(671, 82, 21.0), place(706, 82, 44.0),
    place(707, 82, 37.0), place(710, 82, 50.0), place(727, 82, 24.0), place(730, 82, 100.0), place(740, 82, 100.0),
    place(741, 82, 3.6), place(746, 82, 66.0), place(751, 82, 367.0), place(756, 82, 43.0), place(760, 82, 56.0),
    place(766, 82, 48.0), place(773, 81, 20.0), place(779, 82, 44.0), place(787, 81, 43.0), place(791, 82, 97.0),
    place(810, 81, 37.0), place(813, 81, 58.0), place(820, 81, 36.0), place(825, 81, 1.8), place(840, 81, 31.0),
    place(846, 81, 42.0), place(849, 81, 38.0), place(851, 81, 223.0), place(860, 81, 63.0),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_country_is_whole() {
        let of = |region: u8| MUNICIPALITIES.iter().filter(|m| m.region == region).map(|m| m.people).sum::<f64>();
        let all: f64 = MUNICIPALITIES.iter().map(|m| m.people).sum();
        assert!((5_900.0..6_050.0).contains(&all), "{all}");
        for (region, share) in [(81, 0.10), (82, 0.23), (83, 0.21), (84, 0.32), (85, 0.14)] {
            assert!((of(region) / all - share).abs() < 0.01, "{region}");
        }
    }
}
