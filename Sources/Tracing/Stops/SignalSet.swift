import Glibc
package import Records

/// A set of signals.
package struct SignalSet: Sendable {
  private(set) var native = sigset_t()

  package init(_ signals: [Signal]) {
    unsafe sigemptyset(&native)
    for signal in signals { unsafe sigaddset(&native, signal.rawValue) }
  }

  /// True where SIGHUP, SIGINT, SIGQUIT or SIGTERM waits to be taken by this thread.
  static var hasPendingRequestToEnd: Bool {
    var pending = sigset_t()
    guard unsafe sigpending(&pending) == 0 else { return false }
    return [SIGHUP, SIGINT, SIGQUIT, SIGTERM].contains { unsafe sigismember(&pending, $0) == 1 }
  }
}

extension Signal {
  package static let hangup = Signal(rawValue: SIGHUP)
  package static let interrupt = Signal(rawValue: SIGINT)
  package static let quit = Signal(rawValue: SIGQUIT)
  package static let kill = Signal(rawValue: SIGKILL)
  package static let terminate = Signal(rawValue: SIGTERM)
  package static let brokenPipe = Signal(rawValue: SIGPIPE)
  package static let stop = Signal(rawValue: SIGSTOP)
  package static let child = Signal(rawValue: SIGCHLD)
  package static let user1 = Signal(rawValue: SIGUSR1)
  package static let user2 = Signal(rawValue: SIGUSR2)
  package static let alarm = Signal(rawValue: SIGALRM)
  package static let fileSize = Signal(rawValue: SIGXFSZ)
  package static let cpuTime = Signal(rawValue: SIGXCPU)
  package static let terminalStop = Signal(rawValue: SIGTSTP)
  package static let backgroundRead = Signal(rawValue: SIGTTIN)
  package static let backgroundWrite = Signal(rawValue: SIGTTOU)

  /// True where we were started with the signal ignored, as nohup(1) and background jobs are.
  package var isIgnored: Bool {
    var action = sigaction()
    guard unsafe sigaction(rawValue, nil, &action) == 0 else { return false }
    return unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: UInt.self) == 1
  }
}
