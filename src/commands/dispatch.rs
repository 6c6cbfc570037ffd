//! From an interaction to its handler, and from the handler's reply to Discord: acknowledged in time, once.
//!
//! Discord takes one first answer, within three seconds. What is ready soon is the first answer itself; what takes longer is announced
//! ("is thinking") and follows as an edit. A job is claimed before it is announced, so that a process which dies in between loses
//! nothing; when the database is slow the announcement goes first.

use std::time::Duration;

use plotline_store::{Claim, HeldJob, Transition};
use serde_json::json;

use super::context::{Begin, Context, Order};
use super::definition::{Audience, Command, CommandKind, Conduct, Handler};
use super::reply::{Outcome, Problem, Reply};
use super::{Action, CustomId, Meanwhile, actions, table};
use crate::discord::rest::{Acknowledged, Callback, MessageBody, RestError, flag};
use crate::event::{Interaction, InteractionKind, OptionValue, Permissions};
use crate::intake::Intake;
use crate::oversight::What;
use crate::request::{Request, Task, Trigger};
use crate::say;

/// What is not ready by then is announced. Half of Discord's three seconds: the rest is for the call itself and its repeat.
const ANNOUNCE_AFTER: Duration = Duration::from_millis(1_200);

/// With what was waited before, still less than two seconds until the announcement.
const CLAIM_TAKES_MAX: Duration = Duration::from_millis(400);

/// Proposals that Discord takes.
const CHOICES_MAX: usize = 25;

/// A handler that was found, and how it is acknowledged.
struct Route {
    run: Handler,
    conduct: Conduct,
    announce: Callback,
}

/// What a handler and, for a job, the claim came to.
enum Carried {
    Reply(Reply),
    /// A sentence for somebody who may not do that. The audit log has it once, from whoever answers.
    NotAllowed(Reply),
    /// A job that this process holds.
    Held(Box<HeldJob>, Begin),
    /// Another process or an earlier delivery has it.
    Elsewhere,
}

/// Answers an interaction. Nothing of it is lost in silence: what fails is logged, and the member is told.
pub(crate) async fn handle(interaction: Interaction, intake: Intake) {
    let arguments = match &interaction.kind {
        InteractionKind::Component { custom_id, .. } | InteractionKind::Form { custom_id, .. } => {
            CustomId::read(custom_id).map(|name| name.arguments).unwrap_or_default()
        }
        _ => Vec::new(),
    };
    let context = Context::new(interaction, arguments, intake);
    if matches!(context.interaction().kind, InteractionKind::Autocomplete { .. }) {
        return complete(&context).await;
    }
    match route(&context) {
        Ok(route) if route.conduct == Conduct::Changes => {
            let working = work(&context, &route);
            run_claimed(&context, &route, ANNOUNCE_AFTER, working).await;
        }
        Ok(route) => run(&context, &route).await,
        Err(problem) => {
            let carried = carry(&context, Err(problem)).await;
            answer(&context, carried).await;
        }
    }
}

/// The handler of an interaction, or a sentence about why there is none.
fn route(context: &Context) -> Result<Route, Problem> {
    match &context.interaction().kind {
        InteractionKind::Command(command) => command_route(context, CommandKind::Slash, &command.path),
        InteractionKind::MessageCommand { name, .. } => command_route(context, CommandKind::Message, name),
        InteractionKind::Component { custom_id, .. } | InteractionKind::Form { custom_id, .. } => {
            let name = CustomId::read(custom_id).ok_or_else(|| Problem::told(say::EXPIRED_COMPONENT))?;
            let found = actions().iter().find(|action| action.verb == name.verb);
            let Action { run, meanwhile, conduct, .. } = found.ok_or_else(|| Problem::told(say::EXPIRED_COMPONENT))?;
            let announce = match meanwhile {
                Meanwhile::Thinking(private) => Callback::Deferred { ephemeral: private(context) },
                Meanwhile::Message => Callback::DeferredUpdate,
            };
            Ok(Route { run: *run, conduct: *conduct, announce })
        }
        InteractionKind::Autocomplete { .. } => Err(Problem::told(say::UNKNOWN_COMMAND)),
    }
}

fn command_route(context: &Context, kind: CommandKind, path: &str) -> Result<Route, Problem> {
    let (command, leaf) = find(kind, path).ok_or_else(|| Problem::told(say::UNKNOWN_COMMAND))?;
    if command.audience == Audience::Managers && !context.may(Permissions::MANAGE_GUILD) {
        return Err(Problem::NotAllowed(say::NEEDS_MANAGE_SERVER));
    }
    if command.audience == Audience::Operator && !context.is_operator() {
        return Err(Problem::NotAllowed(say::NEEDS_OPERATOR));
    }
    Ok(Route {
        run: leaf.run,
        conduct: leaf.conduct,
        announce: Callback::Deferred { ephemeral: (leaf.private)(context) },
    })
}

fn find(kind: CommandKind, path: &str) -> Option<(&'static Command, &'static super::definition::Leaf)> {
    let commands = table().iter().filter(|command| command.kind == kind);
    commands.into_iter().find_map(|command| command.leaf(path).map(|leaf| (command, leaf)))
}

/// Proposals for an option. There are none when something goes wrong: the member can type on.
async fn complete(context: &Context) {
    let InteractionKind::Autocomplete { command, .. } = &context.interaction().kind else { return };
    let handler = find(CommandKind::Slash, &command.path)
        .filter(|(command, _)| command.audience != Audience::Managers || context.may(Permissions::MANAGE_GUILD))
        .and_then(|(_, leaf)| leaf.complete);
    let proposed = match handler {
        Some(handler) => tokio::time::timeout(ANNOUNCE_AFTER, handler(context.clone())).await,
        None => Ok(Ok(Reply::Choices(Vec::new()))),
    };
    let mut choices = match proposed {
        Ok(Ok(Reply::Choices(choices))) => choices,
        Ok(Ok(_)) | Err(_) => Vec::new(),
        Ok(Err(problem)) => {
            tracing::warn!(error = %problem, command = context.interaction().name(), "no proposals");
            Vec::new()
        }
    };
    choices.truncate(CHOICES_MAX);
    say(context, &Callback::Choices(choices)).await;
}

/// What the handler and, for a job, the claim come to.
async fn work(context: &Context, route: &Route) -> Carried {
    let outcome = (route.run)(context.clone()).await;
    carry(context, outcome).await
}

/// Claims it in the ledger, announces it, and goes on with the work, of which the member hears afterwards. So of several processes one
/// does it, and when that one dies in the middle another tells the member. The announcement waits for the claim at most for `patience`.
async fn run_claimed(context: &Context, route: &Route, patience: Duration, working: impl Future<Output = Carried>) {
    let begin = match (&route.announce, context.message()) {
        (Callback::DeferredUpdate, Ok(message)) => Begin::Update(message),
        (Callback::Deferred { ephemeral: false }, _) => Begin::Public,
        _ => Begin::Private,
    };
    let order = Order {
        request: Request {
            message: context.as_message("", None),
            trigger: Trigger::Interaction,
            task: Task::Command,
            response: None,
            about: None,
        },
        message: None,
        exclusive_key: None,
        begin,
        counts: false,
    };
    let claiming = context.intake().claim_interaction(context.interaction(), order);
    tokio::pin!(claiming);
    let (claim, announced) = tokio::select! {
        claim = &mut claiming => (claim, None),
        () = tokio::time::sleep(patience) => {
            let announced = say(context, &route.announce).await;
            (claiming.await, announced)
        }
    };
    let shows = route.conduct == Conduct::Shows;
    let held = match claim {
        Some(Claim::Won(held)) => Some(held),
        None => None,
        // With a slow database the announcement came first, and what only shows something is shown by whoever announced it.
        Some(Claim::Duplicate(_)) if shows && announced == Some(Acknowledged::Now) => None,
        Some(Claim::Duplicate(_) | Claim::Refused(_)) => return,
    };
    let announced = match announced {
        None => say(context, &route.announce).await,
        known => known,
    };
    // What changes something is done by whoever claimed it, and with a slow database another may have announced it.
    let answers = match announced {
        Some(Acknowledged::Now) => true,
        Some(Acknowledged::Before) => !shows,
        _ => false,
    };
    let Some(held) = held else {
        match (answers, shows) {
            (true, true) => follow(context, working.await, &route.announce).await,
            (true, false) => {
                follow(context, Carried::Reply(Reply::ephemeral(say::COMMAND_FAILED)), &route.announce).await;
            }
            (false, _) => {}
        }
        return;
    };
    if answers {
        tokio::select! {
            () = async { follow(context, working.await, &route.announce).await } => {}
            () = context.intake().keep(&held.lease) => {}
        }
    }
    if let Err(error) = context.store().advance(&held.lease, &Transition::Delivered).await {
        tracing::warn!(%error, job = %held.job.id, "the end of a command could not be recorded");
    }
}

/// Does it, and answers at once or, when it takes long, after an announcement.
async fn run(context: &Context, route: &Route) {
    let working = work(context, route);
    tokio::pin!(working);
    tokio::select! {
        carried = &mut working => return answer(context, carried).await,
        () = tokio::time::sleep(ANNOUNCE_AFTER) => {}
    }
    if route.conduct == Conduct::Shows && matches!(route.announce, Callback::Deferred { .. }) {
        // "is thinking" stays for ever when nobody knows that it is there.
        return run_claimed(context, route, CLAIM_TAKES_MAX, working).await;
    }
    // The answer may be on its way from another process, so whatever came of the announcement a claimed job goes on; anything else is
    // said by whoever announced it.
    let announced = say(context, &route.announce).await;
    match working.await {
        carried if announced == Some(Acknowledged::Now) => follow(context, carried, &route.announce).await,
        Carried::Held(held, _) => context.worker().submit(*held).await,
        Carried::NotAllowed(_) => record_not_allowed(context, announced),
        Carried::Reply(_) | Carried::Elsewhere => {}
    }
}

/// Turns a job into its claim and a problem into a sentence.
async fn carry(context: &Context, outcome: Outcome) -> Carried {
    match outcome {
        Ok(Reply::Job(order)) => claim(context, *order).await,
        Ok(reply) => Carried::Reply(reply),
        Err(Problem::Told(sentence)) => Carried::Reply(Reply::ephemeral(sentence)),
        Err(Problem::NotAllowed(sentence)) => {
            let name = context.interaction().name();
            tracing::info!(id = %context.interaction().id, author = %context.user(), command = name, "not allowed");
            Carried::NotAllowed(Reply::ephemeral(sentence))
        }
        Err(problem) => {
            tracing::error!(error = %problem, command = context.interaction().name(), "a command failed");
            Carried::Reply(Reply::ephemeral(say::COMMAND_FAILED))
        }
    }
}

/// Records that somebody may not do what they tried, unless another process answered them and has recorded it.
fn record_not_allowed(context: &Context, said: Option<Acknowledged>) {
    if said == Some(Acknowledged::Before) {
        return;
    }
    let tried = match &context.interaction().kind {
        // The name of a component is for the bot; an admin reads what kind of component it was.
        InteractionKind::Component { custom_id, .. } => component_name("button", custom_id),
        InteractionKind::Form { custom_id, .. } => component_name("form", custom_id),
        _ => context.interaction().name().to_owned(),
    };
    context.intake().oversight().done(What::NotAllowed, context.about(), json!({ "command": tried }));
}

fn component_name(kind: &str, custom_id: &str) -> String {
    CustomId::read(custom_id).map_or_else(|| kind.to_owned(), |name| format!("{kind} {}", name.verb))
}

async fn claim(context: &Context, order: Order) -> Carried {
    let begin = order.begin;
    match context.intake().claim_interaction(context.interaction(), order).await {
        Some(Claim::Won(held)) => Carried::Held(held, begin),
        Some(Claim::Duplicate(_)) => Carried::Elsewhere,
        Some(Claim::Refused(refusal)) => match context.store().now_ms().await {
            Ok(now_ms) => Carried::Reply(Reply::ephemeral(say::refused(&refusal, now_ms))),
            Err(_) => Carried::Reply(Reply::ephemeral(say::COMMAND_FAILED)),
        },
        None => Carried::Reply(Reply::ephemeral(say::COMMAND_FAILED)),
    }
}

/// The first answer.
async fn answer(context: &Context, carried: Carried) {
    match carried {
        Carried::Elsewhere => {}
        Carried::Held(held, begin) => {
            say(context, &announcement(begin)).await;
            // Even when it is too late for an answer to the interaction: there is another way to the member.
            context.worker().submit(*held).await;
        }
        Carried::NotAllowed(reply) => {
            let said = say(context, &Callback::Message(body_of(reply))).await;
            record_not_allowed(context, said);
        }
        Carried::Reply(reply) => {
            let callback = match reply {
                Reply::Update(body) => Callback::Update(body),
                Reply::Form(form) => Callback::Form(form),
                Reply::Nothing => Callback::DeferredUpdate,
                other => Callback::Message(body_of(other)),
            };
            say(context, &callback).await;
        }
    }
}

fn announcement(begin: Begin) -> Callback {
    match begin {
        Begin::Public => Callback::Deferred { ephemeral: false },
        Begin::Private => Callback::Deferred { ephemeral: true },
        Begin::Update(_) => Callback::DeferredUpdate,
    }
}

/// The answer after an announcement.
async fn follow(context: &Context, carried: Carried, announced: &Callback) {
    let (rest, path) = (context.rest(), &context.interaction().reply);
    let replaces_message = *announced == Callback::DeferredUpdate;
    let in_public = *announced == Callback::Deferred { ephemeral: false };
    if matches!(carried, Carried::NotAllowed(_)) {
        record_not_allowed(context, Some(Acknowledged::Now));
    }
    let sent = match carried {
        Carried::Elsewhere | Carried::Reply(Reply::Nothing) => return,
        Carried::Held(held, _) => return context.worker().submit(*held).await,
        Carried::Reply(Reply::Update(body)) => rest.edit_original(path, &body).await.map(drop),
        // After "is thinking" a form cannot open any more.
        Carried::Reply(Reply::Form(_)) => rest.edit_original(path, &MessageBody::text(say::TRY_AGAIN)).await.map(drop),
        // The component's message stays; what is said goes beside it.
        Carried::Reply(reply) | Carried::NotAllowed(reply) if replaces_message => {
            rest.follow_up(path, &body_of(reply)).await.map(drop)
        }
        Carried::Reply(reply) | Carried::NotAllowed(reply) => {
            let body = body_of(reply);
            if in_public && body.flags & flag::EPHEMERAL != 0 {
                // Who sees "is thinking" cannot be changed any more, and what is for the member alone must not be shown to all.
                match rest.delete_original(path).await {
                    Ok(()) => rest.follow_up(path, &body).await.map(drop),
                    Err(error) => Err(error),
                }
            } else {
                rest.edit_original(path, &body).await.map(drop)
            }
        }
    };
    if let Err(error) = sent {
        tracing::warn!(%error, id = %context.interaction().id, "the answer to an interaction could not be shown");
        // "is thinking" must not stay for ever.
        if !replaces_message && let Err(error) = rest.edit_original(path, &MessageBody::text(say::COMMAND_FAILED)).await
        {
            tracing::debug!(%error, id = %context.interaction().id, "nor could a sentence in its place");
        }
    }
}

fn body_of(reply: Reply) -> MessageBody {
    match reply {
        Reply::Message(body) | Reply::Update(body) => body,
        // Forms, proposals and jobs are no messages; whoever comes here with one has mistaken the kind of interaction.
        _ => MessageBody { flags: flag::EPHEMERAL, ..MessageBody::text(say::COMMAND_FAILED) },
    }
}

/// Gives the first answer. `None` where Discord did not take it.
async fn say(context: &Context, callback: &Callback) -> Option<Acknowledged> {
    let interaction = context.interaction();
    let given: Result<Acknowledged, RestError> =
        context.rest().acknowledge(interaction.id, &interaction.reply, callback).await;
    match given {
        Ok(Acknowledged::Now) => Some(Acknowledged::Now),
        Ok(Acknowledged::Before) => {
            context.intake().count_duplicate();
            tracing::warn!(id = %interaction.id, author = %interaction.user.id, "duplicate command: the interaction is acknowledged already");
            Some(Acknowledged::Before)
        }
        Ok(Acknowledged::TooLate) => {
            tracing::warn!(id = %interaction.id, author = %interaction.user.id, "an interaction could not be acknowledged in time");
            Some(Acknowledged::TooLate)
        }
        Err(error) => {
            tracing::error!(%error, id = %interaction.id, command = interaction.name(), "an interaction could not be acknowledged");
            None
        }
    }
}

/// Whether an option says yes; for [`super::definition::Leaf::private_when`], where a wrong type is somebody else's to report.
pub(super) fn says_yes(context: &Context, option: &str) -> bool {
    matches!(context.option(option), Some(OptionValue::Boolean(true)))
}
