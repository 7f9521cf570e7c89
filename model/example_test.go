package model_test

import (
	"fmt"
	"time"

	"warroom/model"
)

// A line of the composer becomes an act, or an error that states what to write.
func ExampleParse() {
	now := time.Date(2026, 11, 21, 14, 30, 0, 0, time.UTC)
	ctx := model.Ctx{Room: model.NewRoom(), Now: now, Zone: time.UTC}
	for _, line := range []string{
		"seen in job 8841",
		"!rotate the key, isolate after",
		"-12m :action disabled the deploy user",
		":nothing",
	} {
		act, err := model.Parse(line, ctx)
		if err != nil {
			fmt.Println("refused:", err)
			continue
		}
		when := ""
		if !act.At.IsZero() {
			when = act.At.Format(" 15:04")
		}
		fmt.Printf("%s%s\n", model.KindOf(act.Body), when)
	}
	// Output:
	// entry.noted
	// decision.made
	// action.taken 14:18
	// refused: there is no command :nothing; :help lists them
}
