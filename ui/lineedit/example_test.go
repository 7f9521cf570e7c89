package lineedit_test

import (
	"fmt"

	"github.com/gdamore/tcell/v2"

	"warroom/ui/lineedit"
)

func ExampleEditor() {
	e := lineedit.Editor{Max: 20}
	e.Insert("rotate the keys")
	e.Key(tcell.NewEventKey(tcell.KeyCtrlW, 0, tcell.ModNone)) // deletes a word
	e.Insert("key")
	fmt.Println(e.Text)
	fmt.Println("fits:", e.Insert(" of every machine"))
	// Output:
	// rotate the key
	// fits: false
}
