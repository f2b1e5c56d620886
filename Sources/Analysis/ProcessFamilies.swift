import Records

/// Which processes may know the same messages: those that stem from one another without having
/// executed another program since.
struct ProcessFamilies {
  private struct Family {
    var living: Set<Int32> = []
    /// Why what its members do is not seen in full.
    var blindness: String?
  }

  private var families: [Int: Family] = [:]
  private var familyOf: [Int32: Int] = [:]
  private var lastFamily = 0
  /// The family of a process, which may be news.
  mutating func family(of pid: Int32) -> Int {
    if let family = familyOf[pid] { return family }
    lastFamily += 1
    familyOf[pid] = lastFamily
    families[lastFamily] = Family(living: [pid])
    return lastFamily
  }

  /// A process has come out of another one.
  mutating func fork(_ pid: Int32, by parent: Int32) {
    leave(pid)
    let family = family(of: parent)
    familyOf[pid] = family
    families[family]?.living.insert(pid)
  }

  /// A process is gone, or another program. True where it was the last that could know: of its
  /// former family no one is left.
  @discardableResult
  mutating func leave(_ pid: Int32) -> (family: Int, isLast: Bool, blindness: String?)? {
    guard let family = familyOf.removeValue(forKey: pid) else { return nil }
    families[family]?.living.remove(pid)
    let isLast = families[family]?.living.isEmpty ?? true
    let blindness = families[family]?.blindness
    if isLast { families[family] = nil }
    return (family, isLast, blindness)
  }

  /// What a member does from here on is not seen.
  mutating func blind(_ pid: Int32, _ why: String) { families[family(of: pid)]?.blindness = why }

  /// Who is left of a family.
  func members(of family: Int) -> [Int32] { Array(families[family]?.living ?? []) }

  func blindness(of family: Int) -> String? { families[family]?.blindness }
}
