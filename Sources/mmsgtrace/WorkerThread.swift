import Glibc

/// The scribe's thread.
struct WorkerThread: ~Copyable {
  private let thread: pthread_t
  private let work: Work

  /// What goes to the thread and comes back: handed over at the start and at the join, never
  /// touched by both at once.
  private final class Work: @unchecked Sendable {
    var scribe: Scribe?
    var summary: Scribe.Summary?

    init(_ scribe: consuming Scribe) { self.scribe = consume scribe }
  }

  /// Starts it. Signals stay with the thread that started it: they are blocked in both.
  init(_ scribe: consuming Scribe) throws(Failure) {
    work = Work(scribe)
    var thread = pthread_t()
    let context = unsafe Unmanaged.passRetained(work).toOpaque()
    let result = unsafe pthread_create(
      &thread, nil,
      { context in
        guard let context = unsafe context else { return nil }
        let work = unsafe Unmanaged<Work>.fromOpaque(context).takeRetainedValue()
        if let scribe = work.scribe.take() { work.summary = scribe.run() }
        return nil
      }, context)
    guard result == 0 else {
      throw Failure(
        text: "no thread: \(Diagnostics.text(ofErrno: result))", status: Failure.Status.ours)
    }
    self.thread = thread
  }

  /// Waits for its end; what it has to say.
  consuming func join() -> Scribe.Summary {
    _ = pthread_join(thread, nil)
    return work.summary ?? Scribe.Summary(calls: 0, lost: 0, losers: [])
  }
}
