package bundle_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"

	"warroom/model/bundle"
)

// An export is read without unpacking it, and verified without a hub.
func ExampleOpen() {
	zip, err := os.ReadFile("testdata/forged-report-exit0.zip")
	if err != nil {
		fmt.Println(err)
		return
	}
	bag, err := bundle.Open(bytes.NewReader(zip), int64(len(zip)))
	var tampered bundle.Tampered
	switch {
	case errors.As(err, &tampered):
		fmt.Println("exit code 4:", tampered)
		return
	case err != nil:
		fmt.Println("exit code 1:", err)
		return
	}
	v := bag.Verify(bundle.VerifyOptions{})
	fmt.Println(v.Size, "entries, sound:", v.Sound(), "compared to the end:", !v.Less)
	fmt.Println("signed by a stranger, by another version:", v.Unbound)
	// Output:
	// 10 entries, sound: true compared to the end: false
	// signed by a stranger, by another version: true
}
