//! What is wrong, and when the operator is alerted: once when it has lasted, once when it is over.

use jiff::{SignedDuration, Timestamp};

/// Something that is wrong now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    /// What it is wrong with: `topic "Birds"`, `sink "lab"`.
    pub subject: String,
    /// When the incident began.
    pub since: Timestamp,
    /// What is wrong, in words.
    pub description: String,
    /// What a person can do about it, in words.
    pub advice: String,
}

/// An incident as it is remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncidentRecord {
    /// The thing that is wrong: `topic "Birds"`.
    pub subject: String,
    /// When the incident began.
    pub since: Timestamp,
    /// What was wrong when it was last looked at.
    pub description: String,
    /// When the operator was alerted.
    pub alerted_at: Option<Timestamp>,
    /// Since when it has been well again.
    pub well_since: Option<Timestamp>,
}

/// What the operator is alerted to at once, in one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorAlert {
    /// The alert's number, from 1.
    pub number: u64,
    /// When the alert was composed.
    pub composed: Timestamp,
    /// What has been wrong for long enough.
    pub opened: Vec<Incident>,
    /// What has been well again for as long.
    pub resolved: Vec<ResolvedIncident>,
}

/// An incident that was reported to the operator, and that is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolvedIncident {
    /// The thing that was wrong.
    pub subject: String,
    /// When the incident began.
    pub since: Timestamp,
    /// Since when it is well again.
    pub well_since: Timestamp,
}

/// What is to be remembered of the incidents, and what is reported to the operator.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IncidentChanges {
    /// What is to be remembered.
    pub records: Vec<IncidentRecord>,
    /// What is reported as begun.
    pub opened: Vec<Incident>,
    /// What is reported as over.
    pub resolved: Vec<ResolvedIncident>,
}

/// Decides what is reported to the operator. An incident that was reported is over once it has been well for as
/// long as it had to be wrong: one good poll in a bad week is a part of that week.
pub fn update_incidents(
    records: &[IncidentRecord],
    found: &[Incident],
    after: SignedDuration,
    now: Timestamp,
) -> IncidentChanges {
    let mut update = IncidentChanges::default();
    for incident in found {
        let known = records.iter().find(|record| record.subject == incident.subject);
        let since = known.map_or(incident.since, |known| known.since.min(incident.since));
        let alerted_at = known.and_then(|known| known.alerted_at);
        let is_time = alerted_at.is_none() && now.duration_since(since) >= after;
        if is_time {
            update.opened.push(Incident { since, ..incident.clone() });
        }
        update.records.push(IncidentRecord {
            subject: incident.subject.clone(),
            since,
            description: incident.description.clone(),
            alerted_at: alerted_at.or(is_time.then_some(now)),
            well_since: None,
        });
    }
    let is_gone = |record: &&IncidentRecord| !found.iter().any(|incident| incident.subject == record.subject);
    for record in records.iter().filter(is_gone).filter(|record| record.alerted_at.is_some()) {
        let well_since = record.well_since.unwrap_or(now);
        if now.duration_since(well_since) >= after {
            update.resolved.push(ResolvedIncident {
                subject: record.subject.clone(),
                since: record.since,
                well_since,
            });
        } else {
            update.records.push(IncidentRecord { well_since: Some(well_since), ..record.clone() });
        }
    }
    update.records.sort_by(|a, b| a.subject.cmp(&b.subject));
    update
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a topic is wrong in each hour of a life (`!`), and what is reported in it: `B` that it
    /// began, `E` that it ended.
    fn simulate_incidents(life: &str, after_hours: i64) -> String {
        let begin: Timestamp = "2026-03-10T00:00:00Z".parse().unwrap();
        let after = SignedDuration::from_hours(after_hours);
        let mut records = Vec::new();
        let mut since = None;
        let hours = life.chars().enumerate().map(|(hour, state)| {
            let now = begin + SignedDuration::from_hours(i64::try_from(hour).unwrap());
            since = if state == '!' { since.or(Some(now)) } else { None };
            let found: Vec<_> = since
                .iter()
                .map(|since| Incident {
                    subject: "topic \"Birds\"".into(),
                    since: *since,
                    description: "failing".into(),
                    advice: String::new(),
                })
                .collect();
            let update = update_incidents(&records, &found, after, now);
            records = update.records;
            match (update.opened.len(), update.resolved.len()) {
                (0, 0) => '.',
                (1, 0) => 'B',
                (0, 1) => 'E',
                more => panic!("{more:?}"),
            }
        });
        hours.collect()
    }

    #[test]
    fn the_operator_is_told_once_when_it_has_lasted_and_once_when_it_is_over() {
        for (life, reported) in [
            ("........", "........"),
            (".!!.....", "........"), // too short to tell
            (".!!!!...", "....B..."),
            (".!!!!!!.....", "....B.....E."),
            // One good poll in a bad week is a part of it.
            (".!!!!.!!!.!!!.....", "....B...........E."),
            // What comes and goes never lasts.
            ("!!.!!.!!.!!.", "............"),
            (".!!!!....!!!!....", "....B...E...B...E"),
        ] {
            assert_eq!(simulate_incidents(life, 3), reported, "{life}");
        }
        assert_eq!(simulate_incidents(".!!.!.", 0), ".B.EBE", "who wants to hear of everything");
    }

    #[test]
    fn a_trouble_that_changes_its_face_stays_the_same_one() {
        let at = |hour: i64| Timestamp::from_second(hour * 3600).unwrap();
        let incident = |words: &str, since| Incident {
            subject: "topic \"Birds\"".into(),
            since,
            description: words.into(),
            advice: String::new(),
        };
        let after = SignedDuration::from_hours(3);
        let first = update_incidents(&[], &[incident("failing", at(0))], after, at(0));
        let second = update_incidents(&first.records, &[incident("incomplete", at(2))], after, at(3));
        assert_eq!(second.opened, [incident("incomplete", at(0))]);
        let third = update_incidents(&second.records, &[incident("stale", at(1))], after, at(9));
        assert_eq!((third.opened.len(), third.records[0].alerted_at), (0, Some(at(3))));
    }
}
