;; memory.copy and memory.fill for VMs without bulk memory, eight bytes at a time.
;; Names are those that binaryen's lowering gives. An access outside the memory traps by itself.
(module
  (memory 1)

  ;; Regions may overlap: from the end when the target is above the source, else from the beginning.
  (func $__memory_copy (param $dst i32) (param $src i32) (param $size i32)
    (if (i32.gt_u (local.get $dst) (local.get $src))
      (then
        (block $words_end
          (loop $words
            (br_if $words_end (i32.lt_u (local.get $size) (i32.const 8)))
            (local.set $size (i32.sub (local.get $size) (i32.const 8)))
            (i64.store align=1
              (i32.add (local.get $dst) (local.get $size))
              (i64.load align=1 (i32.add (local.get $src) (local.get $size))))
            (br $words)))
        (if (i32.and (local.get $size) (i32.const 4))
          (then
            (local.set $size (i32.sub (local.get $size) (i32.const 4)))
            (i32.store align=1
              (i32.add (local.get $dst) (local.get $size))
              (i32.load align=1 (i32.add (local.get $src) (local.get $size))))))
        (block $bytes_end
          (loop $bytes
            (br_if $bytes_end (i32.eqz (local.get $size)))
            (local.set $size (i32.sub (local.get $size) (i32.const 1)))
            (i32.store8
              (i32.add (local.get $dst) (local.get $size))
              (i32.load8_u (i32.add (local.get $src) (local.get $size))))
            (br $bytes))))
      (else
        (block $words_end
          (loop $words
            (br_if $words_end (i32.lt_u (local.get $size) (i32.const 8)))
            (i64.store align=1 (local.get $dst) (i64.load align=1 (local.get $src)))
            (local.set $dst (i32.add (local.get $dst) (i32.const 8)))
            (local.set $src (i32.add (local.get $src) (i32.const 8)))
            (local.set $size (i32.sub (local.get $size) (i32.const 8)))
            (br $words)))
        (if (i32.and (local.get $size) (i32.const 4))
          (then
            (i32.store align=1 (local.get $dst) (i32.load align=1 (local.get $src)))
            (local.set $dst (i32.add (local.get $dst) (i32.const 4)))
            (local.set $src (i32.add (local.get $src) (i32.const 4)))
            (local.set $size (i32.sub (local.get $size) (i32.const 4)))))
        (block $bytes_end
          (loop $bytes
            (br_if $bytes_end (i32.eqz (local.get $size)))
            (i32.store8 (local.get $dst) (i32.load8_u (local.get $src)))
            (local.set $dst (i32.add (local.get $dst) (i32.const 1)))
            (local.set $src (i32.add (local.get $src) (i32.const 1)))
            (local.set $size (i32.sub (local.get $size) (i32.const 1)))
            (br $bytes))))))

  (func $__memory_fill (param $dst i32) (param $val i32) (param $size i32)
    (local $word i64)
    (local.set $word
      (i64.mul
        (i64.extend_i32_u (i32.and (local.get $val) (i32.const 0xff)))
        (i64.const 0x0101010101010101)))
    (block $words_end
      (loop $words
        (br_if $words_end (i32.lt_u (local.get $size) (i32.const 8)))
        (local.set $size (i32.sub (local.get $size) (i32.const 8)))
        (i64.store align=1 (i32.add (local.get $dst) (local.get $size)) (local.get $word))
        (br $words)))
    (block $bytes_end
      (loop $bytes
        (br_if $bytes_end (i32.eqz (local.get $size)))
        (local.set $size (i32.sub (local.get $size) (i32.const 1)))
        (i32.store8 (i32.add (local.get $dst) (local.get $size)) (local.get $val))
        (br $bytes)))))
