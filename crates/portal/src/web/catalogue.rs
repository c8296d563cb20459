//! The catalogue of tables. It holds no person's data, so that whoever comes to the portal may read it.

use crate::pages::catalogue::{CataloguePage, CatalogueTablePage};
use crate::pages::message::MessagePage;
use crate::web::PortalState;
use crate::web::visit::{Answered, Visit};
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use indgang_service::{self as service, Catalogue};
use serde::Deserialize;

/// What is sought.
#[derive(Deserialize)]
pub(super) struct Sought {
    #[serde(default)]
    q: String,
}

/// `GET /catalogue`.
pub(super) async fn list(State(state): State<PortalState>, visit: Visit, Query(sought): Query<Sought>) -> Answered {
    let sought: String = sought.q.trim().chars().take(100).collect();
    let as_json_ld = state.publisher.is_some();
    Ok(match service::catalogue(&state.house).await {
        Ok(Catalogue { mut tables, snapshot, .. }) => {
            tables.retain(|table| table.matches(&sought));
            visit.page(&CataloguePage { tables, sought, snapshot, as_json_ld })
        }
        Err(error) => visit.fail(&error),
    })
}

/// `GET /catalogue/{table}`.
pub(super) async fn one(State(state): State<PortalState>, visit: Visit, Path(name): Path<String>) -> Answered {
    let Catalogue { tables, said, .. } = match service::catalogue(&state.house).await {
        Ok(catalogue) => catalogue,
        Err(error) => return Ok(visit.fail(&error)),
    };
    Ok(match tables.into_iter().find(|table| table.name == name) {
        Some(table) => {
            visit.page(&CatalogueTablePage { table, legal_basis: &said.legal_basis, purpose: &said.purpose })
        }
        None => visit.message(StatusCode::NOT_FOUND, &MessagePage::NotFound),
    })
}

/// `GET /catalogue.jsonld`: for catalogues that gather others'. A house that was not told who publishes it has none.
pub(super) async fn json_ld(State(state): State<PortalState>, visit: Visit) -> Answered {
    let Some(publisher) = &state.publisher else {
        return Ok(visit.message(StatusCode::NOT_FOUND, &MessagePage::NotFound));
    };
    Ok(match service::catalogue(&state.house).await {
        Ok(catalogue) => {
            let body = service::to_json_ld(&catalogue, publisher).to_string();
            ([(header::CONTENT_TYPE, "application/ld+json")], body).into_response()
        }
        Err(error) => visit.fail(&error),
    })
}
