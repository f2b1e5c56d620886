import Glibc

// Who cannot be looked into: processes of other users, and those outside of our PID namespace.
extension SocketHolders {
  /// What the command had been given when it was launched. It has made all other sockets of its
  /// own and its descendants', and nobody comes by these who was there before, unless they are
  /// passed to him.
  struct Inheritance {
    var sockets: Set<UInt64>
    /// In hundredths of a second from the start of the machine.
    var start: UInt64

    /// Nil where the command has more than `limit` descriptors.
    init?(of command: Int32, limit: Int) {
      guard let start = ProcFile.startTime(ofProcess: command),
        let holding = SocketHolders.holding(of: command, ringCount: 0, limit: limit)
      else { return nil }
      (sockets, self.start) = (holding.sockets, start)
    }

    init(sockets: Set<UInt64>, start: UInt64) { (self.sockets, self.start) = (sockets, start) }
  }

  struct Hidden {
    /// Of those who were there before the command, and of those who may descend from it.
    var hasOlder = false
    var hasYounger = false

    init() {}

    init(among names: [String]) {
      hasOlder = !ProcFile.isOfInitialPidNamespace
      // There is always a first process: /proc shows us none but our own (`hidepid`).
      hasYounger = !names.contains("1")
    }

    /// Adds a process that could not be looked into, unless it is gone, or of the kernel.
    mutating func add(_ pid: Int32, _ inheritance: Inheritance?) {
      guard !hasYounger, kill(pid, 0) == 0 || errno == EPERM else { return }
      let start = ProcFile.startTime(ofProcess: pid)
      let isOlder = start.flatMap { start in inheritance.map { start < $0.start } } ?? false
      guard isOlder ? !hasOlder : true, !ProcFile.isKernelThread(pid) else { return }
      if isOlder { hasOlder = true } else { hasYounger = true }
    }

    func mayHave(_ inode: UInt64, _ inheritance: Inheritance?) -> Bool {
      guard let inheritance else { return hasOlder || hasYounger }
      return hasYounger || hasOlder && inheritance.sockets.contains(inode)
    }
  }
}
