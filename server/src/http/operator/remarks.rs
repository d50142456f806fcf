//! Remarks: what was noticed about an account and nobody has to decide.

use poem_openapi::Object;
use serde::Serialize;

use super::cases::CaseEvidence;
use crate::abuse::findings::Detector;
use crate::abuse::remarks::Remark;
use crate::clock::Time;

/// Something that was noticed about an account. Nobody has to decide it; it is forgotten 30 days after it
/// was noticed last.
#[derive(Debug, Object, Serialize)]
pub(super) struct AccountRemark {
    /// What was looked for.
    detector: Detector,
    /// The key that it is about, `key:12`, or the account, `account:3`.
    subject: String,
    /// What it stands on.
    evidence: Vec<CaseEvidence>,
    /// How often it was noticed.
    findings: i64,
    /// When it was noticed first.
    first_at: Time,
    /// When it was noticed last.
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
