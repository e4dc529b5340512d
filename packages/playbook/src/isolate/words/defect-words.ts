import { anyOf, anyWord } from "@faultline/model";

/**
 * Errors that a program makes by itself, in the spelling of each language and framework. fetch reports a broken connection by a TypeError
 * too, which is excluded.
 */
export const DEFECT = new RegExp(
  anyOf(
    /(?<!\bfetch failed\b.{0,200})\bTypeError(?!: (?:fetch failed|terminated|Failed to fetch|network error))\b/,
    `\\b${anyWord`
    ReferenceError AssertionError NullPointerException NullReferenceException ClassCastException InvalidCastException
    \w*IndexOutOf(?:Bounds|Range)\w* ArithmeticException NoSuchElementException ConcurrentModificationException
    UnsupportedOperationException LazyInitializationException StackOverflowError KeyError IndexError AttributeError
    ZeroDivisionError UnboundLocalError NameError RecursionError NotImplementedError NoMethodError FrozenError
    SystemStackError DivideByZeroException KeyNotFoundException ObjectDisposedException ArgumentCountError
    DivisionByZeroError FunctionClauseError CaseClauseError MatchError BadMapError BadArityError ArithmeticError
    UndefinedFunctionError WithClauseError Borrow(?:Mut)?Error HttpMessageNotWritable\w* ResponseValidationError
    TemplateNotFound TemplateSyntaxError TemplateDoesNotExist UndefinedError`}\\b`,
    /Cannot read propert/,
    /Cannot destructure/,
    /Cannot set headers after/,
    /ERR_HTTP_HEADERS_SENT/,
    /Converting circular structure/,
    /is not a function/,
    /is not defined/,
    /undefined (?:method|local variable)/,
    /uninitialized constant/,
    /nil pointer dereference/,
    /index out of (?:range|bounds)/,
    /slice bounds out of range/,
    /divide by zero/,
    /attempt to (?:subtract|add|multiply|divide) with overflow/,
    /assignment to entry in nil map/,
    /concurrent map (?:read|write|iteration)/,
    /interface conversion: /,
    /on closed channel/,
    /invalid memory address/,
    /panic:/,
    /panicked at/,
    /called `(?:Option|Result)::/,
    /already (?:mutably )?borrowed/,
    /[Nn]o (?:matching|function|case|cond) clause/,
    /[Nn]on-exhaustive (?:patterns|match|switch)/,
    /UninitializedPropertyAccess/,
    /no match of right hand side/,
    /Object reference not set/,
    /Sequence contains (?:no|more than one)/,
    /Collection was modified/,
    /second operation was started on this context/,
    /Cannot access a disposed/,
    /nesting depth/,
    /Call to (?:a member function|undefined)/,
    /Undefined (?:index|array key|variable|offset|property|constant|method)/,
    /Class "[^"]+" not found/,
    /Attempt to read property/,
    /object has no attribute/,
    /is not (?:subscriptable|iterable|callable)/,
  ),
);

/** An error whose own type is a defect. Other words in its message are then names in the program, and not what went wrong. */
const DEFECT_TYPE = new RegExp(
  `^(?:[\\w.$\\\\]+[.\\\\])?${anyWord`
    ReferenceError AssertionError NullPointerException NullReferenceException ClassCastException InvalidCastException
    \w*IndexOutOf(?:Bounds|Range)\w* KeyError IndexError AttributeError NameError NoMethodError KeyNotFoundException
    ArgumentCountError FunctionClauseError UndefinedFunctionError`}\\b`,
);

/** True for an exception whose type alone says that code is wrong. */
export function isDefectType(words: string): boolean {
  return DEFECT_TYPE.test(words);
}

/** Errors of a release that was built incorrectly, or deployed before its schema. */
export const RELEASE_GAP = new RegExp(
  anyOf(
    /Cannot find module/,
    /ImportModuleError/,
    /ModuleNotFoundError/,
    /No module named/,
    /cannot import name/,
    /ClassNotFoundException/,
    /NoClassDefFoundError/,
    /NoSuchMethodError/,
    /NoSuchFieldError/,
    /cannot load such file/,
    /uninitialized constant/,
    /Could not load file or assembly/,
    /MissingMethodException/,
    /TypeLoadException/,
    /Class "[^"]+" not found/,
    /undefined symbol/,
    /exec format error/,
    /ErrImagePull/,
    /ImagePullBackOff/,
    /(?:relation|column|table) \S+ does not exist/,
    /Undefined(?:Table|Column)/,
    /Unknown column/,
    /no such (?:table|column)/,
    /Invalid (?:column|object) name/,
    /PendingMigration/,
    /unknown (?:method|service) \S+/,
    /\bUNIMPLEMENTED\b/,
    /code = Unimplemented/,
  ),
  "i",
);
