import type { Signature } from "../signature.ts";
import { framework } from "./framework.ts";

/** PHP, its frameworks and content systems. */
export const PHP_SIGNATURES: readonly Signature[] = [
  framework({
    id: "laravel",
    vendor: "Laravel",
    pattern: { status: [500], json: { message: "Server Error" } },
    meaning: "an exception in the app; members exception, file and trace are a leak",
    cause: "unhandled-exception",
  }),
  framework({
    id: "laravel-page",
    vendor: "Laravel",
    pattern: { status: [500], bodyHas: ["Server Error", "uppercase tracking-wider"] },
    meaning: "an exception in the app; storage/logs has it",
    cause: "unhandled-exception",
  }),
  framework({
    id: "symfony",
    vendor: "Symfony",
    pattern: { status: [5], bodyHas: ["Oops! An Error Occurred", 'The server returned a "5'] },
    meaning: "a controller threw",
    cause: "unhandled-exception",
  }),
  framework({
    id: "symfony-problem",
    vendor: "Symfony",
    pattern: { status: [5], bodyHas: ["rfc2616#section-10"], json: { type: true, title: "An error occurred", status: true } },
    meaning: "a controller threw",
    cause: "unhandled-exception",
  }),
  framework({
    id: "codeigniter",
    vendor: "CodeIgniter",
    pattern: { status: [500], bodyHas: ["We seem to have hit a snag. Please try again later"] },
    meaning: "an exception in the app; writable/logs has it",
    cause: "unhandled-exception",
  }),
  framework({
    id: "cakephp",
    vendor: "CakePHP",
    pattern: { status: [500], bodyHas: ["An Internal Error Has Occurred"] },
    meaning: "an exception in the app; logs/error.log has it",
    cause: "unhandled-exception",
  }),
  framework({
    id: "slim",
    vendor: "Slim",
    pattern: { status: [500], bodyHas: ["Slim Application Error"] },
    meaning: "a route threw",
    cause: "unhandled-exception",
  }),
  framework({
    id: "yii",
    vendor: "Yii",
    pattern: { status: [5], bodyHas: ["The above error occurred while the Web server was processing your request"] },
    meaning: "an exception in the app; runtime/logs has it",
    cause: "unhandled-exception",
  }),
  framework({
    id: "wordpress",
    vendor: "WordPress",
    pattern: { status: [500], bodyHas: ["There has been a critical error on this website"] },
    meaning: "a fatal error of PHP, mostly in a plugin or theme; its recovery mail and debug.log name it",
    cause: "unhandled-exception",
  }),
  framework({
    id: "drupal",
    vendor: "Drupal",
    pattern: { status: [500], bodyHas: ["The website encountered an unexpected error"] },
    meaning: "an exception that nothing caught; its watchdog log has it",
    cause: "unhandled-exception",
  }),
  framework({
    id: "magento",
    vendor: "Magento",
    pattern: { status: [500, 503], bodyHas: ["There has been an error processing your request", "Error log record number"] },
    meaning: "an exception that nothing caught; var/report has it under the number",
    cause: "unhandled-exception",
  }),
  framework({
    id: "php-empty",
    vendor: "PHP",
    pattern: { status: [500], bodyIs: [""], headers: { "x-powered-by": "php" } },
    meaning: "a fatal error with display_errors off",
    cause: "unhandled-exception",
  }),
];
