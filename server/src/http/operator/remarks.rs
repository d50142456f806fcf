//! Remarks: what was noticed about an account and nobody has to decide.

use poem_openapi::Object;
use serde::Serialize;

use super::cases::CaseEvidence;
use crate::abuse::findings::Detector;
use crate::abuse::remarks::Remark;
use crate::clock::Time;

/// A remark on an account: a finding that needs no decision. It is deleted 30 days after it was last found.
#[derive(Debug, Object, Serialize)]
pub(super) struct AccountRemark {
    /// The detector that made the remark.
    detector: Detector,
    /// The subject of the remark: a key, such as `key:12`, or the account, such as `account:3`.
    subject: String,
    /// The evidence of the newest finding.
    evidence: Vec<CaseEvidence>,
    /// The number of times that the detector found the same.
    findings: i64,
    /// When the detector first found it, UTC.
    first_at: Time,
    /// When the detector last found it, UTC.
    last_at: Time,
}

impl From<Remark> for AccountRemark {
    fn from(remark: Remark) -> AccountRemark {
        AccountRemark {
            detector: remark.detector,
            subject: remark.subject.to_string(),
            evidence: remark
                .evidence
                .into_iter()
                .map(CaseEvidence::from)
                .collect(),
            findings: remark.findings,
            first_at: remark.first_at,
            last_at: remark.last_at,
        }
    }
}
