import Decoding
import Glibc
import Records

// Who else may have changed the socket.
extension EvidenceCollector {
  /// Who may have changed the socket, and whether it was shut down: that is not asked of a full
  /// queue, which explains itself, since programs that fill theirs are not to wait for it.
  /// `company` is nil where other threads of the process may have changed it. Returns what is to be
  /// answered later.
  mutating func askOwners(
    _ subject: Subject, _ socket: SocketSnapshot, _ duplicate: Int32, _ company: SocketCompany?,
    since begin: UInt64, until end: UInt64, in table: inout ThreadTable,
    into evidence: inout Evidence
  ) -> SocketQuestion? {
    let process = subject.thread.process
    let pid = process.pid
    var question: SocketQuestion?
    if company == nil { evidence.socketIsShared = true }
    // A younger process may be a child that has had the socket.
    if let company, !company.hadStrangers, let ended = company.ended,
      ended.allSatisfy({ $0.number < process.number })
    {
      let strangers = lookAtStrangers(
        to: process, in: &table, company.ringCount, isBehindCall: true)
      question = SocketQuestion(
        watch: watch, inode: socket.inode, pid: pid, number: process.number, begin: begin, end: end,
        hasRing: watch.hasRing(pid, ringCount: company.ringCount), ringCount: company.ringCount,
        unknown: strangers.unseen + strangers.ending, gone: company.gone.map { $0.pid })
    }
    let waits = !socket.nonblocking && !subject.flags.contains(.dontWait)
    if !waits, evidence.socket?.isWritable == false, evidence.payload == .readable {
      return question
    }
    // The peer of a connection may shut it down, too.
    let isConnection = subject.isOf(AF_UNIX) && socket.type != Int32(SOCK_DGRAM.rawValue)
    let isAlone = question != nil && watch.lastAnswer(socket.inode, besides: pid) == false
    guard !isAlone || isConnection, evidence.socket?.isHungUp != true else { return question }
    networks.inside(networkOf: duplicate, of: subject.thread.tid) { _ in
      evidence.socket?.isShutForSending = SocketDump.isShutForSending(socket)
    }
    return question
  }
}
