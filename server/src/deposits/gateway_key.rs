//! Whether the gateway takes our key: while it refuses that, no deposit can be begun or looked at, and
//! somebody has to be told.

use crate::alerts::{self, Alert, AlertKind};
use crate::error::Result;
use crate::gateway::{GatewayError, GatewayName};
use crate::panel::Panel;

/// What the gateway is asked for, each with access of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Quotes, invoices and single payments: by the API key.
    Payments,
    /// Lists of payments: by a sign-in.
    Lists,
}

impl Asked {
    fn what(self) -> &'static str {
        match self {
            Asked::Payments => {
                "refuses our API key: no deposit can be begun, and none that is paid is credited; see \
                 nowpayments_api_key, and which addresses the gateway's dashboard allows"
            }
            Asked::Lists => {
                "refuses our sign-in: payments of which no callback comes are not found; see \
                 nowpayments_email and nowpayments_password"
            }
        }
    }

    fn cause(self, name: GatewayName) -> String {
        match self {
            Asked::Payments => format!("gateway {name}"),
            Asked::Lists => format!("gateway {name}, lists"),
        }
    }
}

/// Notes what an answer proves: a refused key is an alert, and one that was understood ends it. A gateway
/// that is down proves neither.
pub(crate) async fn note<T>(
    panel: &Panel,
    name: GatewayName,
    asked: Asked,
    answer: &std::result::Result<T, GatewayError>,
) {
    // Whoever deposits does not fail because of it.
    if let Err(fault) = write(panel, name, asked, answer).await {
        tracing::warn!(error = %fault, "whether the gateway takes our key was not noted");
    }
}

async fn write<T>(
    panel: &Panel,
    name: GatewayName,
    asked: Asked,
    answer: &std::result::Result<T, GatewayError>,
) -> Result<()> {
    let (now, kind) = (panel.now(), AlertKind::GatewayRefusesKey);
    match answer {
        Err(GatewayError::KeyRefused(told)) => {
            let message = format!("the gateway {name} {}: {told}", asked.what());
            let alert = Alert::new(kind, asked.cause(name), message);
            alerts::raise_once(&panel.db, now, vec![alert]).await?;
        }
        Ok(_) | Err(GatewayError::Unknown | GatewayError::Refused(_)) => {
            let cause = asked.cause(name);
            let mut open = alerts::open_of_kind(&panel.db, kind).await?;
            open.retain(|open| open.cause == cause);
            if !open.is_empty() {
                let tx = panel.db.begin().await?;
                alerts::end(&tx, now, kind, &open).await?;
                tx.commit().await?;
            }
        }
        Err(GatewayError::Busy { .. } | GatewayError::Unreadable(_)) => {}
    }
    Ok(())
}
