package mutation

// switchSource is added to the package: it switches one mutant on, and records which
// ones are reached.
const switchSource = `
import (
	"cmp"
	"os"
	"strconv"
	"sync"
)

var (
	mutantActive, _ = strconv.Atoi(os.Getenv("MUTANT"))
	mutantReached   = map[int]bool{}
	mutantMu        sync.Mutex
	mutantFile      = func() *os.File {
		if path := os.Getenv("MUTANTS_REACHED"); path != "" {
			if f, err := os.Create(path); err == nil {
				return f
			}
		}
		return nil
	}()
)

type mutantNumber interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uintptr | ~float32 |` +
	` ~float64
}

type mutantInt interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uintptr
}

func mutantOn(id int) bool {
	if mutantFile != nil {
		mutantMu.Lock()
		if !mutantReached[id] {
			mutantReached[id] = true
			mutantFile.WriteString(strconv.Itoa(id) + "\n")
		}
		mutantMu.Unlock()
	}
	return id == mutantActive
}

func mutantLess[T cmp.Ordered](id int, x, y T) bool { return x < y || mutantOn(id) && x == y }
func mutantMore[T cmp.Ordered](id int, x, y T) bool { return x > y || mutantOn(id) && x == y }
func mutantUpTo[T cmp.Ordered](id int, x, y T) bool { return x < y || !mutantOn(id) && x == y }
func mutantFrom[T cmp.Ordered](id int, x, y T) bool { return x > y || !mutantOn(id) && x == y }

func mutantAdd[T mutantNumber](id int, x, y T) T {
	if mutantOn(id) {
		return x - y
	}
	return x + y
}

func mutantSub[T mutantNumber](id int, x, y T) T {
	if mutantOn(id) {
		return x + y
	}
	return x - y
}

func mutantMul[T mutantNumber](id int, x, y T) T {
	if mutantOn(id) {
		return x / y
	}
	return x * y
}

func mutantQuo[T mutantNumber](id int, x, y T) T {
	if mutantOn(id) {
		return x * y
	}
	return x / y
}

func mutantRem[T mutantInt](id int, x, y T) T {
	if mutantOn(id) {
		return x * y
	}
	return x % y
}

func mutantNeg[T mutantNumber](id int, x T) T {
	if mutantOn(id) {
		return x
	}
	return -x
}

func mutantStep[T mutantNumber](id int, _ T) T {
	if mutantOn(id) {
		return -T(1)
	}
	return 1
}
`
