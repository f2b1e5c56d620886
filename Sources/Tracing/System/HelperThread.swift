import CTracee
import Glibc

/// A thread of ours beside the tracer and the scribe, which takes no signals and ends with us.
enum HelperThread {
  private final class Work: Sendable {
    let body: @Sendable () -> Never

    init(_ body: @escaping @Sendable () -> Never) { self.body = body }
  }

  /// False where there can be none.
  static func start(_ body: @escaping @Sendable () -> Never) -> Bool {
    var all = sigset_t()
    var old = sigset_t()
    unsafe sigfillset(&all)
    unsafe pthread_sigmask(SIG_SETMASK, &all, &old)
    defer { unsafe pthread_sigmask(SIG_SETMASK, &old, nil) }
    var thread = pthread_t()
    let work = unsafe Unmanaged.passRetained(Work(body))
    let result = unsafe pthread_create(
      &thread, nil,
      { context in
        if let context = unsafe context {
          unsafe Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body()
        }
        return nil
      }, work.toOpaque())
    if result == 0 { pthread_detach(thread) } else { unsafe work.release() }
    return result == 0
  }
}
