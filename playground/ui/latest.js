// Questions to the server at the pointer's speed: one on the way, and only the newest is asked next.

/**
 * Returns a function that asks for a wish now, or after the question on the way; wishes in between are skipped. Its
 * `isWaiting()` says whether a wish waits.
 * @param {function(*): Promise} ask one question
 * @param {function(): void} failed the server did not answer
 * @returns {function(*): Promise}
 */
export const latest = (ask, failed) => {
  let [waiting, busy] = [[], false];
  const follow = async (wish) => {
    waiting = [wish];
    if (busy) return;
    busy = true;
    try {
      while (waiting.length) {
        const [now] = waiting;
        waiting = [];
        await ask(now);
      }
    } catch {
      failed();
    } finally {
      busy = false;
    }
  };
  follow.isWaiting = () => waiting.length > 0;
  return follow;
};
