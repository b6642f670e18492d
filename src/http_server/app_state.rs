//! What every request is answered from.

use std::sync::Arc;

use anyhow::Result;
use jiff::Timestamp;

use super::allowed_hosts::AllowedHosts;
use super::health_snapshot::ServedHealth;
use super::served_last_modified::ServedLastModified;
use super::settings::HttpServerSettings;
use super::store_reader_pool::{StoreReadError, StoreReaderPool};
use crate::render::page::PageTemplates;

/// What every request is answered from.
pub(super) struct AppState {
    pub(super) settings: HttpServerSettings,
    pub(super) pages: PageTemplates,
    pub(super) readers: StoreReaderPool,
    pub(super) hosts: AllowedHosts,
    pub(super) validators: ServedLastModified,
}

impl AppState {
    pub(super) fn new(settings: HttpServerSettings) -> Result<Self> {
        Ok(Self {
            pages: PageTemplates::new()?,
            readers: StoreReaderPool::new(settings.state.clone()),
            hosts: AllowedHosts::new(settings.listen, &settings.hosts),
            validators: ServedLastModified::default(),
            settings,
        })
    }

    pub(super) fn now(&self) -> Timestamp {
        self.settings.clock.now()
    }

    pub(super) async fn read_health(&self) -> Result<ServedHealth, StoreReadError> {
        let (check, now) = (Arc::clone(&self.settings.health_check), self.now());
        self.readers.read(move |reader| check(reader, now)).await
    }
}
