//! Certificates that are issued again for a value that changed take turns: a directory in which an attribute of everybody
//! changes must not send an authority as many orders in one instant. Nothing is missing meanwhile: the old certificates
//! stay.

use crate::time::Timestamp;

/// So many need not wait.
const AT_ONCE: i64 = 60;
/// Milliseconds between one that waits and the next.
const BETWEEN: i64 = 1000;

/// When one may begin, and the next turn after it. `next_at` is what the one before it left, if there was one.
pub fn turn(next_at: Option<Timestamp>, now: Timestamp) -> (Timestamp, Timestamp) {
    let next_at = next_at.map_or(now, |next_at| next_at.max(now));
    let begins = next_at.plus_milliseconds(-AT_ONCE * BETWEEN).max(now);
    (begins, next_at.plus_milliseconds(BETWEEN))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begins(count: usize, next_at: &mut Option<Timestamp>, now: Timestamp) -> Vec<i64> {
        let mut all = Vec::new();
        for _ in 0..count {
            let (begins, after) = turn(*next_at, now);
            *next_at = Some(after);
            all.push(begins.since(now) / 1000);
        }
        all
    }

    #[test]
    fn a_few_begin_at_once_and_a_crowd_one_after_the_other() {
        let (now, mut next_at) = (Timestamp::from_seconds(1_000_000), None);
        let all = begins(10_000, &mut next_at, now);
        assert!(all[..61].iter().all(|wait| *wait == 0));
        assert_eq!((all[61], all[62], all[9999]), (1, 2, 9939));
        let later = now.plus_seconds(9_940);
        assert_eq!(
            begins(3, &mut next_at, later),
            [0, 1, 2],
            "those before it have just begun"
        );
        let rested = now.plus_seconds(20_000);
        assert_eq!(begins(60, &mut next_at, rested), [0; 60]);
    }
}
