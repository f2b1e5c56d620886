import Glibc

/// A thread that a test makes and joins, for what would block or change the test's own.
package struct OwnThread: ~Copyable {
  private let thread: pthread_t

  private final class Work: Sendable {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  package struct Failure: Error {
    package var errno: Int32
  }

  /// Starts it.
  package init(_ body: @escaping @Sendable () -> Void) throws(Failure) {
    var thread = pthread_t()
    let work = unsafe Unmanaged.passRetained(Work(body))
    let result = unsafe pthread_create(
      &thread, nil,
      { context in
        guard let context = unsafe context else { return nil }
        unsafe Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body()
        return nil
      }, work.toOpaque())
    guard result == 0 else {
      unsafe work.release()
      throw Failure(errno: result)
    }
    self.thread = thread
  }

  /// Waits for its end.
  package consuming func join() { _ = pthread_join(thread, nil) }
}
