package playbook_test

import (
	"errors"
	"fmt"
	"strings"

	"warroom/model/playbook"
)

// The default plan is embedded in the program.
func ExampleLoad() {
	plan, err := playbook.Load("", playbook.Default())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(plan.Title)
	for _, s := range plan.Severities {
		fmt.Println(s.ID, s.Label)
	}
	// Output:
	// Security incident response
	// SEV-1 Critical
	// SEV-2 High
	// SEV-3 Medium
}

// All faults of a plan are reported together, each with its line.
func ExampleParse() {
	_, err := playbook.Parse("mine", []byte("title = 'Mine'\nseverety = []\n"))
	var faults playbook.Faults
	if !errors.As(err, &faults) {
		fmt.Println("no faults")
		return
	}
	for _, f := range faults {
		what, _, _ := strings.Cut(f.Safe().String(), ";") // the advice follows the semicolon
		fmt.Println(what)
	}
	// Output:
	// mine.toml:2:1: the key "severety" is not known at the top of the file
}
