import Glibc
package import Records

/// Which processes that are not traced came from the same program as one that was attached to: they
/// may know its messages, and send them on sockets of their own, which nobody sees.
///
/// A child of a traced process is traced, so that they come from one another alone: where there are
/// none there will be none. For the scribe alone.
@safe package final class OutsideRelatives: @unchecked Sendable {
  private struct Family {
    var image: ProgramImage
    /// When each had begun, which tells it from another of its number.
    var relatives: [Int32: UInt64] = [:]
    /// Those that may be, and cannot be looked into.
    var hidden: [Int32: UInt64] = [:]
    /// When there were none any more (CLOCK_MONOTONIC); nil while there are.
    var noneSince: UInt64?
    /// What was said last.
    var last = Outsider.unknown
  }

  /// By the process that was attached to.
  private var families: [Int32: Family] = [:]
  private var budget = LookBudget()

  private static let limit = LookBudget.Limit(allowance: 500_000_000, share: 20)
  /// So many generations are followed up.
  private static let mostParents = 64

  package init() {}

  /// A process has been attached to: true where it has relatives that are not traced, or may have.
  package func attach(to pid: Int32, isTraced: (Int32) -> Bool) -> Bool {
    guard let image = ProcessFacts(pid)?.image else { return false }
    var family = look(for: pid, image, isTraced) ?? Family(image: image)
    family.last = living(family, isTraced) ?? .unknown
    families[pid] = family
    return family.noneSince == nil
  }

  /// A relative of a process that was attached to, which is not traced and has lived since a time
  /// (CLOCK_MONOTONIC); nil where there was none.
  package func relative(
    of pid: Int32, since time: UInt64, isTraced: (Int32) -> Bool
  ) -> Outsider? {
    guard var family = families[pid] else { return nil }
    if family.noneSince == nil {
      if let found = living(family, isTraced) {
        families[pid]?.last = found
        return found
      }
      let now = Clock.monotonic()
      guard budget.allows(Self.limit),
        let found = budget.spend(on: { look(for: pid, family.image, isTraced) })
      else { return .unknown }
      (family.relatives, family.hidden) = (found.relatives, found.hidden)
      if found.noneSince != nil { family.noneSince = now }
      family.last = living(family, isTraced) ?? family.last
      families[pid] = family
    }
    return family.noneSince.map { $0 <= time } == true ? nil : family.last
  }

  private func living(_ family: Family, _ isTraced: (Int32) -> Bool) -> Outsider? {
    func lives(_ pid: Int32, _ begun: UInt64) -> ProcessFacts? {
      guard !isTraced(pid), let facts = ProcessFacts(pid), facts.begun == begun, !facts.hasEnded,
        !ProcFile.isTracedByUs(pid)
      else { return nil }
      return facts
    }
    for (pid, begun) in family.relatives where lives(pid, begun)?.image == family.image {
      return .relative(pid)
    }
    return family.hidden.contains { lives($0.key, $0.value) != nil } ? .unknown : nil
  }

  /// Nil where nobody can say.
  private func look(
    for root: Int32, _ image: ProgramImage, _ isTraced: (Int32) -> Bool
  ) -> Family? {
    // There is always a first process: /proc shows us none but our own (`hidepid`).
    guard let names = Folder.names(in: "/proc"), names.contains("1") else { return nil }
    let own = getpid()
    var family = Family(image: image)
    var facts: [Int32: ProcessFacts] = [:]
    for pid in names.lazy.compactMap({ Int32($0) }) where pid != own {
      facts[pid] = ProcessFacts(pid)
    }
    for (pid, one) in facts where pid != root && !isTraced(pid) && !one.hasEnded {
      if one.image == image {
        family.relatives[pid] = one.begun
      } else if one.isHidden, Self.maybeRelated(pid, to: root, facts) {
        family.hidden[pid] = one.begun
      }
    }
    if family.relatives.isEmpty, family.hidden.isEmpty { family.noneSince = 0 }
    return family
  }

  /// Whether one that cannot be looked into, and so runs as another user, may be of the same
  /// program: it came from the process or is its parent, or is called alike.
  private static func maybeRelated(
    _ pid: Int32, to root: Int32, _ facts: [Int32: ProcessFacts]
  ) -> Bool {
    if facts[root]?.parent == pid { return pid != 1 }
    if facts[root]?.name == facts[pid]?.name { return true }
    var parent = facts[pid]?.parent
    for _ in 0..<mostParents {
      guard let pid = parent, pid > 1 else { return false }
      if pid == root { return true }
      parent = facts[pid]?.parent
    }
    return true
  }
}

/// Where the kernel has put a program: chosen by chance when it was executed, and the same in all
/// processes that have been forked since.
struct ProgramImage: Hashable {
  /// start_code, end_code, startstack, start_data, end_data, start_brk
  private let places: [UInt64]

  /// Nil where the fields of proc_pid_stat(5) do not tell.
  fileprivate init?(_ fields: [Substring]) {
    let places = [26, 27, 28, 45, 46, 47].compactMap { UInt64(fields[$0 - 3]) }
    // 0 for the kernel's own threads and for what has ended, 1 for what we may not know.
    guard places.count == 6, places[0] > 1, places[2] > 0 else { return nil }
    self.places = places
  }
}

/// What proc_pid_stat(5) says of a process to everybody, and where its program is.
private struct ProcessFacts {
  let name: Substring
  let parent: Int32
  let begun: UInt64
  let hasEnded: Bool
  let image: ProgramImage?
  /// True where we may not know where its program is.
  let isHidden: Bool

  /// Nil where it is gone.
  init?(_ pid: Int32) {
    // The name, in parentheses, may hold anything.
    guard let text = ProcFile.text("/proc/\(pid)/stat"), let begin = text.firstIndex(of: "("),
      let end = text.lastIndex(of: ")"), begin < end
    else { return nil }
    let fields = text[end...].split(separator: " ").dropFirst()
    guard fields.count > 44, let parent = Int32(fields[fields.startIndex + 1]),
      let begun = UInt64(fields[fields.startIndex + 19])
    else { return nil }
    name = text[begin..<end]
    (self.parent, self.begun) = (parent, begun)
    hasEnded = ["Z", "X"].contains(fields[fields.startIndex])
    image = ProgramImage(Array(fields))
    isHidden = fields[fields.startIndex + 23] == "1" && image == nil
  }
}
