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
  private var heirOf: [Int32: Int] = [:]
  private var lastFamily = 0

  /// The family of a process, which may be news.
  mutating func family(of pid: Int32) -> Int {
    if let family = familyOf[pid] { return family }
    lastFamily += 1
    familyOf[pid] = lastFamily
    families[lastFamily] = Family(living: [pid])
    return lastFamily
  }

  func known(_ pid: Int32) -> Int? { familyOf[pid] }

  /// A process has come out of another one.
  mutating func fork(_ pid: Int32, by parent: Int32) {
    leave(pid)
    if let family = heirOf[parent] {
      heirOf[pid] = family
      families[family]?.heirs.insert(pid)
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
    heirOf[pid] = family
    return nil
  }

  /// A process is gone: of its family, and of the one that it came out of as another program.
  @discardableResult
  mutating func leave(_ pid: Int32) -> [Leaving] {
    let left = [
      (familyOf.removeValue(forKey: pid), false), (heirOf.removeValue(forKey: pid), true),
    ]
    return left.compactMap { number, isHeir in
      guard let number else { return nil }
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

  /// What a member does from here on is not seen.
  mutating func blind(_ pid: Int32, _ why: String) { families[family(of: pid)]?.blindness = why }

  /// Who is left of a family.
  func members(of family: Int) -> [Int32] { Array(families[family]?.living ?? []) }

  func blindness(of family: Int) -> String? { families[family]?.blindness }
}
