import Records

/// Which processes may know the same messages: those that stem from one another without having
/// executed another program since, and the last of them whatever it executes, since nobody else
/// has its sockets then.
struct ProcessFamilies {
  private struct Family {
    var living: Set<Int32> = []
    /// Members that became other programs, which may have been given messages and sockets.
    var heirs: Set<Int32> = []
    /// Why what its members do is not seen in full.
    var blindness: String?
    /// Those that were attached to while others that had come from them, or they from these, were
    /// not traced.
    var related: [Int32] = []
  }

  /// What a process leaves behind.
  struct Leaving {
    var family: Int
    /// True where it was the last that could know: of its family no one is left.
    var isLast: Bool
    /// True where it had become another program before.
    var isHeir: Bool
    /// True where another program that came out of the family still runs.
    var hasHeirs: Bool
    var blindness: String?
  }

  private var families: [Int: Family] = [:]
  private var familyOf: [Int32: Int] = [:]
  /// A program that came out of another one has come out of all that this came out of.
  private var heirOf: [Int32: Set<Int>] = [:]
  private var lastFamily = 0
  /// The family of those that were attached to, by what they were called.
  private var attachedFamily: [String: Int] = [:]
  /// All processes that were told of, those that have ended included; nil once there were too many.
  private var traced: Set<Int32>? = []

  private static let mostTraced = 1 << 16

  /// A process is traced, or was.
  mutating func note(traced pid: Int32) {
    guard let count = traced?.count else { return }
    if count < Self.mostTraced { traced?.insert(pid) } else { traced = nil }
  }

  func mayBeTraced(_ pid: Int32) -> Bool { traced?.contains(pid) ?? true }

  /// True for those that are known, and for those that were as long as these are remembered.
  func wasTraced(_ pid: Int32) -> Bool {
    traced?.contains(pid) ?? (familyOf[pid] != nil || heirOf[pid] != nil)
  }

  mutating func noteRelatives(of pid: Int32) { families[family(of: pid)]?.related.append(pid) }

  func related(of family: Int) -> [Int32] { families[family]?.related ?? [] }

  /// The family of a process, which may be news.
  mutating func family(of pid: Int32) -> Int {
    if let family = familyOf[pid] { return family }
    lastFamily += 1
    familyOf[pid] = lastFamily
    families[lastFamily] = Family(living: [pid])
    return lastFamily
  }

  /// A process was attached to. Those that are called alike may have come from one another before,
  /// as the workers of a server do.
  mutating func attach(_ pid: Int32, _ comm: String?) {
    if let comm, let other = attachedFamily[comm], families[other] != nil, familyOf[pid] == nil {
      familyOf[pid] = other
      families[other]?.living.insert(pid)
      return
    }
    let family = family(of: pid)
    if let comm { attachedFamily[comm] = family }
  }

  func known(_ pid: Int32) -> Int? { familyOf[pid] }

  /// A process has come out of another one.
  mutating func fork(_ pid: Int32, by parent: Int32) {
    leave(pid)
    if let before = heirOf[parent] {
      heirOf[pid] = before
      for family in before { families[family]?.heirs.insert(pid) }
    }
    let family = family(of: parent)
    familyOf[pid] = family
    families[family]?.living.insert(pid)
  }

  /// A process is another program now; gives out the family of which it is all that is left.
  mutating func exec(_ pid: Int32) -> Int? {
    guard let family = familyOf[pid] else { return nil }
    if families[family]?.living.count == 1 { return family }
    familyOf[pid] = nil
    families[family]?.living.remove(pid)
    families[family]?.heirs.insert(pid)
    heirOf[pid, default: []].insert(family)
    return nil
  }

  /// A process is gone: of its family, and of those that it came out of as another program.
  @discardableResult
  mutating func leave(_ pid: Int32) -> [Leaving] {
    let own = familyOf.removeValue(forKey: pid).map { ($0, false) }
    let before = heirOf.removeValue(forKey: pid)?.sorted(by: >).map { ($0, true) } ?? []
    return ((own.map { [$0] } ?? []) + before).compactMap { number, isHeir in
      families[number]?.living.remove(pid)
      families[number]?.heirs.remove(pid)
      guard let family = families[number] else { return nil }
      // Its heirs are waited for.
      if family.living.isEmpty, family.heirs.isEmpty { families[number] = nil }
      return Leaving(
        family: number, isLast: family.living.isEmpty, isHeir: isHeir,
        hasHeirs: !family.heirs.isEmpty, blindness: family.blindness)
    }
  }

  /// Nothing is waited for of a family of which no one is left: its heirs are no matter.
  mutating func forget(_ family: Int) {
    guard families[family]?.living.isEmpty == true else { return }
    for heir in families.removeValue(forKey: family)?.heirs ?? [] {
      heirOf[heir]?.remove(family)
      if heirOf[heir]?.isEmpty == true { heirOf[heir] = nil }
    }
  }

  /// True where nothing is known of any process.
  var isEmpty: Bool { families.isEmpty && familyOf.isEmpty && heirOf.isEmpty }

  /// What a member does from here on is not seen.
  mutating func blind(_ pid: Int32, _ why: String) { families[family(of: pid)]?.blindness = why }

  /// Who is left of a family.
  func members(of family: Int) -> [Int32] { Array(families[family]?.living ?? []) }

  /// All that are known and not of a family.
  func members(besides family: Int) -> [Int32] {
    familyOf.filter { $0.value != family }.keys.sorted()
  }

  func blindness(of family: Int) -> String? { families[family]?.blindness }
}
