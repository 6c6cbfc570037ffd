//! A mention becomes one thread with one answer.

use model_sim::Reply;

use crate::harness::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_mention_gets_one_thread_with_one_streamed_answer() {
    let world = World::new().await;
    world.model.script([Reply::text("Paris is the capital of France.")]);
    let _bot = world.bot().await;
    let question = world.mention("what is the **capital** of France?");
    let answer = world.answer_to(question).await;
    assert_eq!(answer.len(), 1);
    assert_eq!(answer[0].content, "Paris is the capital of France.");
    assert_eq!(answer[0].history[0], plotline::say::PLACEHOLDER);
    let thread = world.sim.thread_of(question).unwrap();
    assert_eq!(thread.name, "what is the capital of France?");
    assert_eq!(world.model.calls(), 1);
    assert_eq!(world.sim.bot_messages(world.general).len(), 0);
    world.finish();
}
