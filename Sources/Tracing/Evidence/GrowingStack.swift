import Decoding
import Glibc

/// Stacks that grow when a system call reads below them: that of a program's first thread, and what
/// is mapped with MAP_GROWSDOWN (`lock_mm_and_find_vma`). For process_vm_readv(2) they do not.
enum GrowingStack {
  /// Where the kernel would find memory of a process around `address`, where nothing is mapped; nil
  /// where it would not, or that cannot be told.
  static func room(around address: UInt64, tid: Int32) -> Range<UInt64>? {
    guard let maps = ProcFile.text("/proc/\(tid)/maps"), let limit = stackLimit(ofThread: tid)
    else { return nil }
    var before: Mapping?
    for line in maps.split(separator: "\n") {
      guard let mapping = Mapping(line: line) else { return nil }
      guard mapping.start > address else {
        before = mapping
        continue
      }
      guard before.map({ $0.end <= address }) ?? true, !mapping.hasFile else { return nil }
      let room = lowest(of: mapping, above: before, limit)..<mapping.start
      guard room.contains(address), line.hasSuffix("[stack]") || grows(mapping, tid) else {
        return nil
      }
      return room
    }
    return nil
  }

  /// How far down it may grow (`expand_downwards`, `acct_stack_growth`): no longer than
  /// RLIMIT_STACK, and no nearer to what lies below it than a gap, where that can be used.
  private static func lowest(of stack: Mapping, above other: Mapping?, _ limit: UInt64) -> UInt64 {
    let shortest = stack.end - min(limit, stack.end) / MemoryImage.pageSize * MemoryImage.pageSize
    guard let other else { return min(shortest, stack.start) }
    let nearest = other.end + (other.isReadableInKernel ? guardGap : 0)
    return min(max(shortest, nearest), stack.start)
  }

  /// `stack_guard_gap`: 256 pages, where the kernel was not started with another number.
  private static let guardGap = 256 * MemoryImage.pageSize

  /// VM_GROWSDOWN, which /proc/PID/smaps alone tells.
  private static func grows(_ stack: Mapping, _ tid: Int32) -> Bool {
    guard let text = ProcFile.read("/proc/\(tid)/smaps", limit: 1 << 24) else { return false }
    let head = String(stack.start, radix: 16) + "-" + String(stack.end, radix: 16) + " "
    var isIts = false
    for line in String(decoding: text, as: UTF8.self).split(separator: "\n") {
      if line.hasPrefix(head) { isIts = true }
      guard isIts, line.hasPrefix("VmFlags:") else { continue }
      return line.split(separator: " ").contains("gd")
    }
    return false
  }

  /// The soft RLIMIT_STACK, bytes (proc_pid_limits(5)).
  private static func stackLimit(ofThread tid: Int32) -> UInt64? {
    guard let text = ProcFile.text("/proc/\(tid)/limits") else { return nil }
    for line in text.split(separator: "\n") where line.hasPrefix("Max stack size") {
      let word = line.dropFirst(14).split(separator: " ").first
      return word == "unlimited" ? .max : word.flatMap { UInt64($0) }
    }
    return nil
  }
}
