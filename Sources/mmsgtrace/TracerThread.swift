import Glibc
import Tracing

/// The thread that a tracer lives and dies on: when it ends, the kernel lets go of what is still
/// attached.
struct TracerThread: ~Copyable {
  private let thread: pthread_t
  private let work: Work

  /// What goes to the thread and comes back: handed over at the start and at the join, never
  /// touched by both at once.
  private final class Work: @unchecked Sendable {
    let body: @Sendable () -> Tracer.Outcome
    var outcome = Tracer.Outcome()

    init(_ body: @escaping @Sendable () -> Tracer.Outcome) { self.body = body }
  }

  /// Starts it. Signals that we block are blocked there too.
  init(_ body: @escaping @Sendable () -> Tracer.Outcome) throws(Failure) {
    work = Work(body)
    var thread = pthread_t()
    let context = unsafe Unmanaged.passRetained(work).toOpaque()
    let result = unsafe pthread_create(
      &thread, nil,
      { context in
        guard let context = unsafe context else { return nil }
        let work = unsafe Unmanaged<Work>.fromOpaque(context).takeRetainedValue()
        work.outcome = work.body()
        return nil
      }, context)
    guard result == 0 else {
      throw Failure(
        text: "no thread: \(Diagnostics.text(ofErrno: result))", status: Failure.Status.ours)
    }
    self.thread = thread
  }

  /// Waits for its end.
  consuming func join() -> Tracer.Outcome {
    _ = pthread_join(thread, nil)
    return work.outcome
  }
}
