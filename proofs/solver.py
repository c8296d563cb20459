"""cvc5 as an interactive SMT-LIB 2 solver on standard input and output, from its Python package."""

import sys

import cvc5


def commands(lines):
    """Whole commands: what lies between balanced parentheses, outside strings and quoted symbols."""
    text, depth, quote = "", 0, None
    for line in lines:
        for character in line:
            text += character
            if quote:
                quote = None if character == quote else quote
            elif character in "\"|":
                quote = character
            elif character == "(":
                depth += 1
            elif character == ")":
                depth -= 1
                if depth == 0:
                    yield text.strip()
                    text = ""


def main():
    terms = cvc5.TermManager()
    solver = cvc5.Solver(terms)
    solver.setOption("tlimit-per", "60000")
    parser = cvc5.InputParser(solver)
    parser.setIncrementalStringInput(cvc5.InputLanguage.SMT_LIB_2_6, "stdin")
    for command in commands(sys.stdin):
        parser.appendIncrementalStringInput(command + "\n")
        parsed = parser.nextCommand()
        if parsed.isNull():
            continue
        if "(exit" in command:
            return
        print(str(parsed.invoke(solver, parser.getSymbolManager())), end="", flush=True)


main()
