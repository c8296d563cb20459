//! One writer after the other, and one commit for all who waited meanwhile.
//!
//! A [`Turn`] is the right to write. Turns follow each other in the order in which they were asked for, and those who
//! have come while a commit was under way share the next transaction: each appends its leaves and writes behind a
//! savepoint of its own, and is told when the one commit of them all is durable. So the disk is waited for once a
//! group, not once a passage.
//!
//! The transaction is begun by the first turn of a group. A task of its own commits it: it queues up for the turn like
//! everybody else when the first turn ends, so it comes after those who stood in line by then. When others have come
//! meanwhile it goes to the end of the line once more, until nobody does, the group is full, or it has been open for
//! [`GATHERING`]: what a commit costs is shared by as many as come. That task is not the request's, so that a request
//! that is given up leaves nobody waiting.
//!
//! INVARIANT: the leaves of a group are written by the last statements before its commit; in a transaction that the
//! database has given up, they fail, and nobody of the group is told that anything was written.

use crate::faults::Step;
use crate::{Connection, House, StoreError, log, tiles};
use indgang_gate::Leaf;
use indgang_gate::log::{Appended, Checkpoint, Hash, Nodes, Tree};
use indgang_model::Timestamp;
use sqlx::{Any, Transaction};
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::{OwnedMutexGuard, oneshot};
use tokio::time::Instant;

/// Lines at which a group is committed though others come.
const FULL: usize = 4096;
/// Time after which a group is committed though others come, so that the first of them does not wait much longer than
/// its own writing takes.
const GATHERING: Duration = Duration::from_millis(5);

/// What the writers of this process share; who holds it has the turn.
#[derive(Default)]
pub(crate) struct Queue {
    /// The log's tree as it was last committed.
    tree: Arc<Tree>,
    group: Option<Group>,
    /// How many groups there have been.
    groups: u64,
}

/// A leaf on its way into the log.
pub(crate) struct Line {
    pub(crate) hash: Hash,
    pub(crate) leaf: Leaf,
}

/// Those whose writings are committed together.
struct Group {
    number: u64,
    tx: Transaction<'static, Any>,
    lines: Vec<Line>,
    /// The latest time that one of them gave.
    at: Timestamp,
    waiting: Vec<oneshot::Sender<Result<(), StoreError>>>,
    /// A turn wrote and was given up: its savepoint must be gone back to.
    given_up: bool,
    /// The task that commits is in line.
    closing: bool,
}

/// Somebody in line for the turn; counted as long as it lives, also when she gives up.
struct InLine<'a>(&'a AtomicUsize);

impl<'a> InLine<'a> {
    fn new(counter: &'a AtomicUsize) -> Self {
        counter.fetch_add(1, Ordering::Relaxed);
        Self(counter)
    }
}

impl Drop for InLine<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The right to write, in a transaction that others may share. Dropped before [`Turn::end`], it leaves no trace.
pub(crate) struct Turn {
    house: House,
    queue: OwnedMutexGuard<Queue>,
    /// Lines of the group that are of earlier turns.
    earlier: usize,
    savepoint: bool,
    ended: bool,
}

impl House {
    /// Waits for the turn, and begins a transaction unless it goes on in that of its group.
    pub(crate) async fn turn(&self) -> Result<Turn, StoreError> {
        let in_line = InLine::new(&self.in_line);
        let mut queue = Arc::clone(&self.queue).lock_owned().await;
        drop(in_line);
        queue.ready().await;
        if queue.group.is_none() {
            self.step(Step::Begin)?;
            let mut tx = self.database.begin(&self.pool).await?;
            queue.catch_up(&mut tx).await?;
            self.publish(&queue.tree);
            queue.groups += 1;
            queue.group = Some(Group::new(queue.groups, tx));
        }
        let earlier = queue.group.as_ref().map_or(0, |group| group.lines.len());
        Ok(Turn { house: self.clone(), queue, earlier, savepoint: false, ended: false })
    }

    /// Begins what needs no line in the log. It is committed with the group it falls into.
    pub(crate) async fn begin(&self) -> Result<Unlogged, StoreError> {
        let mut turn = self.turn().await?;
        turn.savepoint().await?;
        Ok(Unlogged(turn))
    }

    /// Commits the group with this number when it has gathered those who come, and tells its members.
    async fn close_gathered(&self, number: u64) {
        let opened = Instant::now();
        loop {
            let queue = Arc::clone(&self.queue).lock_owned().await;
            let Some(group) = queue.group.as_ref().filter(|group| group.number == number) else { return };
            let others_come = self.in_line.load(Ordering::Relaxed) > 0;
            if !others_come || group.lines.len() >= FULL || opened.elapsed() >= GATHERING {
                return self.end(queue).await;
            }
        }
    }

    /// Commits the group that is open, if one is, and tells its members.
    pub(crate) async fn close_group(&self) {
        self.end(Arc::clone(&self.queue).lock_owned().await).await;
    }

    async fn end(&self, mut queue: OwnedMutexGuard<Queue>) {
        let Some(mut group) = queue.group.take() else { return };
        let waiting = std::mem::take(&mut group.waiting);
        let outcome = if waiting.is_empty() {
            group.tx.rollback().await.map_err(StoreError::from)
        } else {
            queue.commit(self, group).await
        };
        if outcome.is_ok() {
            self.publish(&queue.tree);
        }
        tell(waiting, &outcome);
    }
}

impl Queue {
    /// Goes back behind a turn that was given up; a group that cannot is lost as a whole.
    async fn ready(&mut self) {
        let Some(group) = &mut self.group else { return };
        if let Err(error) = group.go_back().await
            && let Some(group) = self.group.take()
        {
            tell(group.waiting, &Err(error));
        }
    }

    /// Takes in what other processes have committed since.
    async fn catch_up(&mut self, tx: &mut Connection) -> Result<(), StoreError> {
        let stored = log::size(tx).await?;
        if stored < self.tree.size() {
            return Err(StoreError::LogChanged);
        }
        if stored > self.tree.size() || stored == 0 {
            self.tree = Arc::new(tiles::load(tx).await?);
        }
        Ok(())
    }

    async fn commit(&mut self, house: &House, mut group: Group) -> Result<(), StoreError> {
        group.go_back().await?;
        let Group { mut tx, lines, at, .. } = group;
        let mut tree = Tree::clone(&self.tree);
        if !lines.is_empty() {
            house.step(Step::Leaves)?;
            log::insert(&mut tx, tree.size(), &lines).await?;
            tree.extend(lines.iter().map(|line| line.hash));
            tiles::insert(&mut tx, &tree.take_complete()).await?;
            let checkpoint = Checkpoint { size: tree.size(), root: tree.root(), at };
            house.step(Step::Checkpoint)?;
            log::insert_checkpoint(&mut tx, &house.key.sign(checkpoint)).await?;
        }
        if house.step(Step::Commit)? {
            tx.rollback().await?;
        } else {
            tx.commit().await?;
        }
        house.step(Step::Committed)?;
        self.tree = Arc::new(tree);
        Ok(())
    }
}

impl Group {
    const fn new(number: u64, tx: Transaction<'static, Any>) -> Self {
        let at = Timestamp::MIN;
        Self { number, tx, lines: Vec::new(), at, waiting: Vec::new(), given_up: false, closing: false }
    }

    async fn go_back(&mut self) -> Result<(), StoreError> {
        if self.given_up {
            sqlx::raw_sql("rollback to savepoint turn; release savepoint turn").execute(&mut *self.tx).await?;
            self.given_up = false;
        }
        Ok(())
    }
}

impl Turn {
    /// Puts a passage's leaves behind those of the turns before.
    pub(crate) fn append(&mut self, leaves: &[Leaf]) -> Appended {
        let first = self.queue.tree.size() + self.group().lines.len() as u64;
        let appended = Appended::at(first, leaves);
        let lines = appended.hashes().iter().zip(leaves).map(|(hash, leaf)| Line { hash: *hash, leaf: leaf.clone() });
        self.group().lines.extend(lines);
        appended
    }

    /// From here on, what is written can be taken back without the others of the group.
    pub(crate) async fn savepoint(&mut self) -> Result<(), StoreError> {
        if !self.savepoint {
            self.house.step(Step::Write)?;
            self.savepoint = true;
            sqlx::raw_sql("savepoint turn").execute(&mut **self).await?;
        }
        Ok(())
    }

    /// Fails when a test wants it to.
    pub(crate) fn step(&self, step: Step) -> Result<(), StoreError> {
        self.house.step(step).map(drop)
    }

    /// Ends the turn and waits until all of its group is committed.
    pub(crate) async fn end(mut self, at: Timestamp) -> Result<(), StoreError> {
        if self.savepoint {
            sqlx::raw_sql("release savepoint turn").execute(&mut *self).await?;
        }
        let (sender, told) = oneshot::channel();
        let group = self.group();
        group.waiting.push(sender);
        group.at = group.at.max(at);
        self.ended = true;
        drop(self);
        told.await.unwrap_or(Err(StoreError::Closing))
    }

    fn group(&mut self) -> &mut Group {
        self.queue.group.as_mut().expect("a turn has a group from its beginning, and only its end gives it up")
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let (earlier, lost) = (self.earlier, !self.ended);
        let savepoint = self.savepoint;
        let group = self.group();
        if lost {
            group.lines.truncate(earlier);
            group.given_up |= savepoint;
        }
        if !std::mem::replace(&mut group.closing, true) {
            let number = group.number;
            let house = self.house.clone();
            self.house.runtime.spawn(async move { house.close_gathered(number).await });
        }
    }
}

impl Deref for Turn {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.queue.group.as_ref().expect("a turn has a group").tx
    }
}

impl DerefMut for Turn {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.group().tx
    }
}

/// A transaction of what needs no line in the log. Dropped, it leaves no trace.
pub(crate) struct Unlogged(Turn);

impl Unlogged {
    /// Waits until it is durable.
    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        self.0.end(Timestamp::MIN).await
    }
}

impl Deref for Unlogged {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.0
    }
}

impl DerefMut for Unlogged {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.0
    }
}

fn tell(waiting: Vec<oneshot::Sender<Result<(), StoreError>>>, outcome: &Result<(), StoreError>) {
    for one in waiting {
        // Who has given up her request is not told.
        let _ = one.send(outcome.as_ref().map(|&()| ()).map_err(StoreError::again));
    }
}
