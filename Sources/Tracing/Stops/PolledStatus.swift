import CTracee

/// What waitid(2) says of a thread.
struct PolledStatus {
  var tid: Int32
  var status: Int32

  /// Asks without waiting; nil where the thread has nothing to say.
  static func of(_ tid: Int32) -> PolledStatus? {
    var status: Int32 = 0
    return unsafe tracee_poll(tid, &status) > 0 ? PolledStatus(tid: tid, status: status) : nil
  }

  /// Has the kernel tell of this no more; false where it goes on telling of it. What a thread
  /// stopped for a signal stays, which would be taken with it (tracee_poll).
  func take() -> Bool {
    switch WaitStatus(status) {
    case .ended, .stopped(.exec): return true
    case .stopped(.signal), .stopped(.unknown): return false
    case .stopped:
      tracee_take_stop(tid)
      return true
    }
  }
}
