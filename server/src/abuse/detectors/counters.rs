//! What detectors count with: small, of a fixed size, and by the times of facts alone. Facts that are
//! some seconds late count as if they came with the newest.

use lru::LruCache;
use std::hash::Hash;

use crate::abuse::findings::{Evidence, Finding};
use crate::abuse::watch::{Knob, Watch};
use crate::clock::Time;

/// How long a subject is not told of again, unless the number has doubled, in seconds.
const COOL_DOWN_S: u32 = 600;
const DAY_S: u32 = 86_400;

/// Seconds since 1970, which 32 bits hold until 2106.
pub(super) fn seconds(at: Time) -> u32 {
    u32::try_from(at.ms() / 1_000).unwrap_or(0)
}

/// A number as evidence and counters have it: what does not fit is the most that does.
pub(super) fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// A threshold as it is set.
pub(super) fn threshold(watch: &Watch, knob: Knob) -> u32 {
    u32::try_from(watch.get(knob.name)).unwrap_or(0)
}

/// How sure a detector is that has counted so much: 800 at the threshold, 1000 at a quarter above it.
pub(super) fn score(count: u32, threshold: u32) -> u16 {
    let parts = u64::from(count) * 800 / u64::from(threshold.max(1));
    u16::try_from(parts.min(1_000)).unwrap_or(1_000)
}

/// How many of `all` hundred are `part`, rounded down; 0 of none.
pub(super) fn percent(part: u32, all: u32) -> u32 {
    let percent = (u64::from(part) * 100).checked_div(u64::from(all));
    u32::try_from(percent.unwrap_or(0)).unwrap_or(u32::MAX)
}

/// Spreads a number over all bits, so that no row of numbers falls on one place.
pub(super) fn mixed(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// 16 bits that stand for a number; two of 100 differ in all but 1 of 13 cases.
pub(super) fn print_of(number: i64) -> u16 {
    let [low, high, ..] = mixed(number.cast_unsigned()).to_le_bytes();
    u16::from_le_bytes([low, high])
}

/// The state of `key`, which is the newest now; what was not told of for longest is forgotten.
pub(super) fn of<K: Hash + Eq, V: Default>(known: &mut LruCache<K, V>, key: K) -> &mut V {
    known.get_or_insert_mut(key, V::default)
}

/// Rows of evidence.
pub(super) fn rows<const N: usize>(rows: [(&str, String); N]) -> Vec<Evidence> {
    let each = rows.into_iter();
    each.map(|(what, seen)| Evidence::new(what, seen)).collect()
}

/// What was found, if the subject is to be told of again.
pub(super) type Found = Option<Finding>;

/// When a subject was last told of, and for how much.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Alarm {
    at_s: u32,
    count: u32,
}

impl Alarm {
    /// Whether to tell of `count` now: the first time, after ten minutes, and when it has doubled.
    pub(super) fn rings(&mut self, at: Time, count: u32) -> bool {
        self.rings_again(at, count, COOL_DOWN_S)
    }

    /// The same, but of habits: after a day.
    pub(super) fn rings_daily(&mut self, at: Time, count: u32) -> bool {
        self.rings_again(at, count, DAY_S)
    }

    fn rings_again(&mut self, at: Time, count: u32, cool_down_s: u32) -> bool {
        let is_cool = !self.rang_within(at, cool_down_s);
        let rings = is_cool || count >= self.count.saturating_mul(2);
        if rings {
            *self = Alarm {
                at_s: seconds(at),
                count: count.max(1),
            };
        }
        rings
    }

    /// Whether it rang within the last `for_s` seconds.
    pub(super) fn rang_within(&self, at: Time, for_s: u32) -> bool {
        self.count > 0 && self.age_s(at) < for_s
    }

    /// How long ago it rang, in seconds.
    pub(super) fn age_s(&self, at: Time) -> u32 {
        seconds(at).saturating_sub(self.at_s)
    }
}

/// A sum over the last `SLOTS` times `WIDTH_S` seconds, to the slot; a slot counts as far as `C` does.
#[derive(Debug, Clone)]
pub(super) struct Ring<const SLOTS: usize, const WIDTH_S: u32, C = u16> {
    newest: u32,
    counts: [C; SLOTS],
}

impl<C: Copy + Default, const SLOTS: usize, const WIDTH_S: u32> Default
    for Ring<SLOTS, WIDTH_S, C>
{
    fn default() -> Self {
        Ring {
            newest: 0,
            counts: [C::default(); SLOTS],
        }
    }
}

impl<C, const SLOTS: usize, const WIDTH_S: u32> Ring<SLOTS, WIDTH_S, C>
where
    C: Copy + Default + Into<u32> + TryFrom<u32>,
{
    /// Adds `count` now, and gives the sum.
    pub(super) fn add(&mut self, at: Time, count: u32) -> u32 {
        let slot = seconds(at) / WIDTH_S;
        let passed = usize::try_from(slot.saturating_sub(self.newest)).unwrap_or(SLOTS);
        if passed > 0 {
            // The newest stands last.
            let gone = passed.min(SLOTS);
            self.counts.rotate_left(gone % SLOTS);
            let fresh = self.counts.iter_mut().skip(SLOTS - gone);
            fresh.for_each(|count| *count = C::default());
            self.newest = slot;
        }
        if let Some(newest) = self.counts.last_mut() {
            let sum: u32 = (*newest).into();
            // Full is full.
            *newest = C::try_from(sum.saturating_add(count)).unwrap_or(*newest);
        }
        let each = self.counts.iter().map(|count| (*count).into());
        each.fold(0, u32::saturating_add)
    }

    /// The sum as of now.
    pub(super) fn sum(&mut self, at: Time) -> u32 {
        self.add(at, 0)
    }
}

/// The last `N` different numbers, each with the slot of `WIDTH_S` seconds in which it was seen; of
/// more, the oldest goes.
#[derive(Debug, Clone)]
pub(super) struct Recent<P, const N: usize, const WIDTH_S: u32> {
    newest: u32,
    len: u8,
    slots: [u8; N],
    prints: [P; N],
}

impl<P: Copy + Default, const N: usize, const WIDTH_S: u32> Default for Recent<P, N, WIDTH_S> {
    fn default() -> Self {
        Recent {
            newest: 0,
            len: 0,
            slots: [0; N],
            prints: [P::default(); N],
        }
    }
}

impl<P: Copy + Default + Eq, const N: usize, const WIDTH_S: u32> Recent<P, N, WIDTH_S> {
    /// The most slots that a number is remembered for.
    const SLOTS: u32 = 250;

    fn slot(at: Time) -> u32 {
        seconds(at) / WIDTH_S
    }

    /// Forgets what is `slots` old, and gives it to `gone`.
    pub(super) fn sweep(&mut self, at: Time, slots: u32, mut gone: impl FnMut(P)) {
        let newest = self.newest.max(Self::slot(at));
        // Nothing can have grown old meanwhile.
        if newest == self.newest {
            return;
        }
        let (passed, before) = (newest - self.newest, self.now());
        let is_old = |age: u8| passed + u32::from(age) >= slots.min(Self::SLOTS);
        let mut kept = 0;
        for index in 0..usize::from(self.len) {
            let (Some(&print), Some(&slot)) = (self.prints.get(index), self.slots.get(index))
            else {
                break;
            };
            if is_old(before.wrapping_sub(slot)) {
                gone(print);
                continue;
            }
            self.put(kept, print, slot);
            kept += 1;
        }
        self.len = u8::try_from(kept).unwrap_or(self.len);
        self.newest = newest;
    }

    fn put(&mut self, index: usize, print: P, slot: u8) {
        if let (Some(at), Some(known)) = (self.slots.get_mut(index), self.prints.get_mut(index)) {
            (*at, *known) = (slot, print);
        }
    }

    /// The slot of the newest, as it is kept.
    fn now(&self) -> u8 {
        let [now, _, _, _] = self.newest.to_le_bytes();
        now
    }

    /// Whether it is remembered.
    pub(super) fn has(&self, print: P) -> bool {
        self.iter().any(|known| known == print)
    }

    /// Remembers it; if it was remembered, as if it was seen now. Call [`Recent::sweep`] before. Gives
    /// what had to be forgotten.
    pub(super) fn see(&mut self, print: P) -> Option<P> {
        let now = self.now();
        let known = self.iter().position(|known| known == print);
        if let Some(index) = known {
            self.put(index, print, now);
            return None;
        }
        let len = usize::from(self.len);
        if len < N {
            self.put(len, print, now);
            self.len += 1;
            return None;
        }
        let ages = self.slots.iter().map(|slot| now.wrapping_sub(*slot));
        let oldest = ages.enumerate().max_by_key(|(_, age)| *age)?.0;
        let gone = self.prints.get(oldest).copied();
        self.put(oldest, print, now);
        gone
    }

    /// How many were seen in the last `slots` slots.
    pub(super) fn count(&self, slots: u8) -> u32 {
        small(self.within(slots).count())
    }

    /// Those that were seen in the last `slots` slots.
    pub(super) fn within(&self, slots: u8) -> impl Iterator<Item = P> {
        let now = self.now();
        let each = self.iter().zip(&self.slots);
        each.filter(move |(_, slot)| now.wrapping_sub(**slot) < slots)
            .map(|(print, _)| print)
    }

    /// All of them.
    pub(super) fn iter(&self) -> impl Iterator<Item = P> {
        self.prints.iter().copied().take(usize::from(self.len))
    }

    /// Forgets all.
    pub(super) fn clear(&mut self) {
        self.len = 0;
    }
}

/// Which numbers were seen, in 64 bits a word; two may share a bit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bits<const WORDS: usize>([u64; WORDS]);

impl<const WORDS: usize> Default for Bits<WORDS> {
    fn default() -> Self {
        Bits([0; WORDS])
    }
}

impl<const WORDS: usize> Bits<WORDS> {
    /// The word and the bit of a number.
    fn place(number: u64) -> (usize, u64) {
        let mixed = mixed(number);
        let words = u64::try_from(WORDS).unwrap_or(1);
        let word = usize::try_from((mixed >> 6) % words).unwrap_or(0);
        (word, 1 << (mixed & 63))
    }

    pub(super) fn insert(&mut self, number: u64) {
        let (word, bit) = Self::place(number);
        if let Some(word) = self.0.get_mut(word) {
            *word |= bit;
        }
    }

    /// Whether it was seen; now and then also one that was not.
    pub(super) fn has(&self, number: u64) -> bool {
        let (word, bit) = Self::place(number);
        self.0.get(word).is_some_and(|word| word & bit != 0)
    }

    /// How many bits there are.
    const fn len() -> u32 {
        64 * {
            #[expect(clippy::as_conversions, reason = "a handful of words")]
            let words = WORDS as u32;
            words
        }
    }

    /// How many bits are set.
    pub(super) fn ones(&self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }

    /// Whether three of four bits are set: then about 1.4 times as many numbers as there are bits
    /// were seen.
    pub(super) fn is_crowded(&self) -> bool {
        self.ones() >= Self::len() / 4 * 3
    }

    /// About how many numbers were seen: by the share of bits that no number fell on.
    #[expect(
        clippy::float_arithmetic,
        clippy::as_conversions,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an estimate, which decides no money"
    )]
    pub(super) fn estimate(&self) -> u32 {
        let bits = f64::from(Self::len());
        let free = f64::from((Self::len() - self.ones()).max(1));
        (bits * (bits / free).ln()).round() as u32
    }

    /// Those of both.
    pub(super) fn with(&self, other: &Self) -> Self {
        let mut both = *self;
        for (word, other) in both.0.iter_mut().zip(other.0) {
            *word |= other;
        }
        both
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(seconds: i64) -> Time {
        Time::from_ms(seconds * 1_000)
    }

    #[test]
    fn a_ring_forgets_what_is_old_and_takes_what_is_late() {
        let mut ring = Ring::<6, 10>::default();
        assert_eq!(ring.add(at(1_000), 5), 5);
        assert_eq!(ring.add(at(1_049), 1), 6);
        assert_eq!(ring.add(at(1_045), 1), 7, "late");
        assert_eq!(ring.sum(at(1_060)), 2);
        assert_eq!(ring.sum(at(1_099)), 2);
        assert_eq!(ring.sum(at(1_100)), 0);
        assert_eq!(ring.add(at(90_000), 65_535), 65_535);
        assert_eq!(ring.add(at(90_000), 1), 65_535, "full");
        assert_eq!(ring.add(at(90_010), 9), 65_544);
    }

    #[test]
    fn recent_numbers_are_counted_once_and_the_oldest_goes() {
        let mut recent = Recent::<u16, 3, 10>::default();
        let see = |recent: &mut Recent<u16, 3, 10>, second, print| {
            recent.sweep(at(second), 60, |_| ());
            recent.see(print)
        };
        for print in [1, 2, 1, 3] {
            assert_eq!(see(&mut recent, 1_000, print), None);
        }
        assert_eq!(recent.count(60), 3);
        assert_eq!(see(&mut recent, 1_100, 1), None, "seen again");
        assert_eq!(see(&mut recent, 1_200, 4), Some(3));
        assert_eq!(
            (recent.count(1), recent.count(11), recent.count(60)),
            (1, 2, 3)
        );
        let mut gone = Vec::new();
        recent.sweep(at(1_600), 60, |print| gone.push(print));
        assert_eq!((gone, recent.count(60)), (vec![2], 2));
        recent.sweep(at(900_000), 60, |_| ());
        assert_eq!(recent.iter().count(), 0);
    }

    #[test]
    fn bits_say_about_how_many_there_were() {
        let mut bits = Bits::<4>::default();
        for number in 0..300 {
            bits.insert(number);
        }
        assert!((0..300).all(|number| bits.has(number)));
        assert!((240..360).contains(&bits.estimate()), "{}", bits.estimate());
        assert!(!bits.is_crowded());
        (300..600).for_each(|number| bits.insert(number));
        assert!(bits.is_crowded());
    }

    #[test]
    fn an_alarm_rings_once_in_a_while_and_when_it_gets_worse() {
        let mut alarm = Alarm::default();
        assert!(alarm.rings(at(1_000), 10));
        assert!(!alarm.rings(at(1_001), 11) && !alarm.rings(at(1_599), 19));
        assert!(alarm.rings(at(1_599), 20));
        assert!(!alarm.rings(at(2_198), 20) && alarm.rings(at(2_199), 20));
    }
}
